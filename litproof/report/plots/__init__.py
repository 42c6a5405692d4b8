"""Pictures of flows for the HTML report: the numbers (`series`), and how they are drawn (`figures`)."""
