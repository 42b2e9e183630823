"""The two transforms of the job: stage a batch, commit a batch."""
