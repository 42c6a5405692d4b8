"""Where theory says the flow goes; nothing in this room integrates anything."""
