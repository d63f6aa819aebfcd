"""Rejections by condition: what a condition finds, and the worker's part. Staff's verbs are in `moderation.sweeping`."""
