"""Who is who: names as people type them, the keys by which they sort and match, domains and mailboxes. Pure functions."""
