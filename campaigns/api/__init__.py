"""The public data of the letters for programs: api/v1/, read only, nothing that the pages don't show."""
