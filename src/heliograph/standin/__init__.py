"""The services on loopback, with fault dials. A stand-in imports nothing of the house, nor the house a stand-in."""
