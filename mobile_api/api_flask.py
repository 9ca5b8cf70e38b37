"""Flask as this API uses it: one transaction around each request, and nothing done that none of our requests asks for.

What is left out costs as much as a small view: a session, hooks of blueprints, asynchronous views, an address made of
its parts for every match, and a second look at headers that are already as they will be sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask, Response
from flask.sansio.blueprints import Blueprint
from flask.sessions import NullSession, SessionInterface
from flask.views import MethodView
from typing_extensions import override
from werkzeug.routing import Map, MapAdapter
from werkzeug.sansio.utils import get_host

from mobile_api.current import Keep, current_request
from mobile_api.evidence.reception import UploadRequest
from mobile_api.transactions import RequestTransaction

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Request
    from flask.typing import ResponseReturnValue
    from werkzeug.exceptions import HTTPException

# Werkzeug rewrites these, and works out the length where it is not said: it sends such answers itself.
_REWRITTEN = frozenset({"location", "content-location"})
_LENGTH = "content-length"
_HOSTS_KEPT = 64
_BODILESS = frozenset({204, 304})
_FIRST_FINAL = 200


# Made once for a host: whoever calls says the same few.
@lru_cache(maxsize=_HOSTS_KEPT)
def _names_of(scheme: str, said: str | None, server: tuple[str, int | None] | None) -> tuple[str, str]:
    """Return the host as Werkzeug reads it, and as it compares it. Raises BadHost."""
    host = get_host(scheme, said, server)
    return host, Map().bind(host).server_name


class ApiResponse(Response):
    """An answer that leaves as it stands, where it is whole."""

    @override
    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand over status, headers and body."""
        if not self._is_whole(environ["REQUEST_METHOD"]):
            return super().__call__(environ, start_response)
        start_response(self.status, list(self.headers))
        return self.response  # type: ignore[return-value]  # a list of bytes, as was just seen

    def _is_whole(self, method: str) -> bool:
        if method == "HEAD" or self.status_code in _BODILESS or self.status_code < _FIRST_FINAL:
            return False
        if not isinstance(self.response, list) or self._on_close:
            return False
        if not all(isinstance(part, bytes) for part in self.response):
            return False
        names = {name.lower() for name, _ in self.headers}
        return _LENGTH in names and names.isdisjoint(_REWRITTEN)


class _NoSessions(SessionInterface):
    """Nobody has a session in a cookie: tokens say who asks."""

    _none = NullSession()

    @override
    def open_session(self, app: Flask, request: Request) -> NullSession:
        """Return what refuses to be written to."""
        return self._none


class ApiFlask(Flask):
    """Flask without what our requests do not use. Hooks before and after are the application's own."""

    request_class = UploadRequest
    app_ctx_globals_class = Keep
    response_class = ApiResponse
    session_interface = _NoSessions()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Make the application as Flask does."""
        super().__init__(*args, **options)
        self._handlers: dict[tuple[str, str], Callable[..., Any]] = {}

    @override
    def register_blueprint(self, blueprint: Blueprint, **options: Any) -> None:
        """Take in routes. Raises TypeError for hooks of their own, which would not be asked."""
        super().register_blueprint(blueprint, **options)
        asked = (self.url_value_preprocessors, self.before_request_funcs)
        told = (self.after_request_funcs, self.teardown_request_funcs)
        if any(set(of_blueprints) - {None} for of_blueprints in (*asked, *told)):
            raise TypeError(f"{blueprint.name} has hooks of its own")

    @override
    def full_dispatch_request(self) -> Response:
        """Answer a request, also one that fails. Nobody listens to the signals of a request, so none is sent."""
        self._got_first_request = True
        try:
            told = self.preprocess_request()
            if told is None:
                told = self.dispatch_request()
        except Exception as error:
            told = self.handle_user_exception(error)
        return self.finalize_request(told)

    @override
    def finalize_request(self, rv: ResponseReturnValue | HTTPException, from_error_handler: bool = False) -> Response:
        """Return the answer as the hooks leave it."""
        if from_error_handler:
            return super().finalize_request(rv, from_error_handler)
        if type(rv) is Response:
            # What Flask does, in seven calls, with an answer of its own class.
            rv.__class__ = ApiResponse
        return self.process_response(rv if isinstance(rv, ApiResponse) else self.make_response(rv))

    @override
    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view in its transaction; a refusal that was raised has undone it before it is answered."""
        asked = current_request()
        rule = asked.url_rule
        if rule is None or asked.method == "OPTIONS":
            return super().dispatch_request()
        handler = self._handlers.get((rule.endpoint, asked.method)) or self._handler_of(rule.endpoint, asked.method)
        with RequestTransaction():
            answer: ResponseReturnValue = handler(**(asked.view_args or {}))
        return answer

    @override
    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Take in a route. Raises TypeError for a class with more to it than its methods, which alone are called."""
        kind = getattr(view_func, "view_class", MethodView)
        is_plain = issubclass(kind, MethodView) and not kind.decorators and kind.__init__ is object.__init__
        if not is_plain or (hasattr(view_func, "view_class") and hasattr(view_func, "__wrapped__")):
            raise TypeError(f"{kind.__name__} has more to it than its methods")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)

    def _handler_of(self, endpoint: str, method: str) -> Callable[..., Any]:
        """Return what answers a method: of a class of methods, which keep nothing, the method itself."""
        view = self.view_functions[endpoint]
        kind = getattr(view, "view_class", None)
        if kind is not None:
            methods = kind()
            view = getattr(methods, method.lower(), None) or methods.get
        self._handlers[endpoint, method] = view
        return view

    @override
    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """Call the application's hooks, the last first."""
        for hook in reversed(self.teardown_request_funcs.get(None, ())):
            hook(exc)

    @override
    def preprocess_request(self) -> ResponseReturnValue | None:
        """Ask the application's hooks, in their order."""
        for hook in self.before_request_funcs.get(None, ()):
            answer: ResponseReturnValue | None = hook()  # type: ignore[assignment]  # none of ours is asynchronous
            if answer is not None:
                return answer
        return None

    @override
    def process_response(self, response: Response) -> Response:
        """Show the answer to the application's hooks, the last first."""
        for hook in reversed(self.after_request_funcs.get(None, ())):
            response = hook(response)
        return response

    @override
    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the view of a request. Raises BadHost."""
        if request is None:
            return super().create_url_adapter(request)
        request.host, server_name = _names_of(request.scheme, request.environ.get("HTTP_HOST"), request.server)
        scheme, query = request.scheme, request.environ["QUERY_STRING"]
        return MapAdapter(self.url_map, server_name, "/", "", scheme, request.path, request.method, query)

    @override
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: none of ours is asynchronous, and Flask would look ten times a request."""
        return func

    @override
    def log_exception(self, exc_info: object) -> None:
        """Leave the log to ``mobile_api.problems``: Flask's own line holds the path, and a path somebody's number."""
