"""Mail, from what happened to a server's “250 OK”: notices → outbox → (the worker) → delivery → emails."""
