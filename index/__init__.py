"""Offline: files become cleaned documents, documents become passages, passages become a searchable index."""
