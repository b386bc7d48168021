-- Vectors have two bytes a dimension since this format, as graphs keep them; `in_half` is index/rows.py's.
UPDATE passages SET vector = in_half(vector);
