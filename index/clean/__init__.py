"""Cleaning with a way back: each rule is one file, `document` composes them, `align` keeps the way."""
