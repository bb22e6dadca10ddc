"""Where pictures live: one module for each kind of library; `heliograph.ports.Library` is what it promises."""
