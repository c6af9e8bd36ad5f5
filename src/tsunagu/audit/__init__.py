"""What makes the audit trail provable: canonical rows, a Merkle tree, signed checkpoints, one verifier."""
