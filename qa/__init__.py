"""Online: a question becomes hits, hits become a cited answer, and both leave over HTTP or on the terminal."""
