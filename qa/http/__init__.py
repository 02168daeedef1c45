"""Over the network: each file is one thing that is served, or one thing that guards what is served."""
