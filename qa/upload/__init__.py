"""Documents that come over the network: kept as files, queued, indexed one after the other, and put into use."""
