"""How cost grows with the number of passages: synthetic texts and vectors, real statistics."""
