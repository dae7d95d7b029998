"""The theme studio's part of the builder: a site's draft drawn, counted, published, taken back."""
