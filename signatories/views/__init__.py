"""What signers meet: the form, its review, the neutral page, the confirmation."""
