"""Pages for people: templates and styles, and the routes that fill them."""
