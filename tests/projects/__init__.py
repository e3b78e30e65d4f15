"""Small projects as data: `model` says what they are, `made` makes, `source` writes and `edits` edits them."""
