"""The picture of a case's course: lanes of spans and moments, each with its words beside it."""

from typing import Any

import reflex as rx

#: The height of a lane in the picture's own units; its width is that of services.views.course.
_HIGH = 24


def _stroke(stroke: Any) -> rx.Component:
    middle, moment = str(_HIGH // 2), stroke.look == "moment"
    return rx.cond(
        moment,
        rx.el.svg.line(x1=stroke.start, x2=stroke.end, y1="5", y2=str(_HIGH - 5), class_name="stroke",
                       custom_attrs={"data-look": stroke.look, "vectorEffect": "non-scaling-stroke"}),
        rx.el.svg.line(x1=stroke.start, x2=stroke.end, y1=middle, y2=middle, class_name="stroke",
                       custom_attrs={"data-look": stroke.look, "vectorEffect": "non-scaling-stroke"}))


def _lane(lane: Any) -> rx.Component:
    drawing = rx.el.svg(rx.foreach(lane.strokes, _stroke), view_box=f"0 0 1000 {_HIGH}", class_name="lane-drawing",
                        custom_attrs={"preserveAspectRatio": "none", "aria-hidden": "true", "focusable": "false"})
    return rx.el.li(rx.el.div(rx.el.span(lane.label, class_name="lane-label"), rx.el.span(lane.words, class_name="hint"),
                              class_name="lane-words"), drawing, class_name="lane")


def course(picture: Any) -> rx.Component:
    """The lanes, and below them when the picture starts and ends."""
    return rx.el.div(
        rx.el.ul(rx.foreach(picture.lanes, _lane), class_name="lanes", aria_label="The course, lane by lane"),
        rx.el.div(rx.el.span(picture.starts), rx.el.span(picture.ends), class_name="lane-scale hint"))
