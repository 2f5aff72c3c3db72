"""`legacygrid run`: a program of somebody's, led here whatever host it has in its code."""
