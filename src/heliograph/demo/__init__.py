"""The demo: a folder of photographs drawn by the program itself, and a story told with them."""
