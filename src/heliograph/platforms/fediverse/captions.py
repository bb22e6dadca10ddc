"""What a post says where the owner's settings are silent."""

from __future__ import annotations

from heliograph.policy import Captions

# Title -- Headline (Taken 3 May 2024). Without a title the headline or the caption stands for it, without any of them
# the date stands alone, and a post that would be empty is called like the file: servers make odd things of empty ones.
_FIRST_LINE = (
    "{% if title or headline or caption %}"
    "{{ title or headline or caption }}"
    "{% if title and headline and headline != title %} -- {{ headline }}{% endif %}"
    "{% if taken_line %} ({{ taken_line }}){% endif %}"
    "{% else %}"
    "{{ taken_line or ('' if hashtags else name) }}"
    "{% endif %}"
)

CAPTIONS = Captions(
    text=_FIRST_LINE + "\n\n\n{{ hashtags }}\n\n{{ shooting_line }}\n{{ camera_line }}",
    alt="{{ alt_text }}",
)
"""First line, hashtags, and how the picture was made."""
