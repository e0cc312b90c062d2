"""Finance's list: the workbook that comes in, what its columns and lines say, and what goes back filled. [seed 004]"""
