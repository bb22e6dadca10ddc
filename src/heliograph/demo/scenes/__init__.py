"""The scenes that the demo photographs: each takes an empty canvas and gives a picture and its film."""

from collections.abc import Callable

from heliograph.demo.canvas import Canvas, Film, Image
from heliograph.demo.scenes import city, land, near, sky, water

Scene = Callable[[Canvas], tuple[Image, Film]]

SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        city.facade,
        city.rain_window,
        city.skyline,
        city.spiral_stairs,
        land.balloons,
        land.desert_road,
        land.dunes,
        land.fog_forest,
        land.grey_dunes,
        land.lavender,
        land.lone_tree,
        land.misty_ranges,
        near.autumn,
        near.candles,
        near.kite,
        near.window_light,
        sky.aurora,
        sky.milky_way,
        sky.moon_lake,
        sky.star_trails,
        water.cracked_ice,
        water.lighthouse,
        water.north_sea,
        water.pier,
        water.red_cabin,
        water.sails,
    )
}
