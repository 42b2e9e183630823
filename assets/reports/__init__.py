"""Reports over the journal and the schedule: disclosures of ASC 606 and IFRS 15, proofs, and the hand-over to a GL."""
