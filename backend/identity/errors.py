"""What can go wrong with people and their sign-in."""

from __future__ import annotations

from backend.kernel.errors import Conflict, Invalid, NotFound, TooMany, Unauthenticated


class PhoneInvalid(Invalid):
    """The number is no mobile number of mainland China."""

    code = "phone-invalid"
    default_detail = "请输入有效的中国大陆手机号码。"


class CodesLimited(TooMany):
    """Codes were asked for too often: for this phone, by this device, from this address, or by everybody."""

    code = "sign-in-codes-limited"
    default_detail = "获取验证码过于频繁，请稍后再试。"


class CodeRefused(Unauthenticated):
    """The code is wrong, too old, used, tried too often, or belongs to another phone or request: never told which."""

    code = "sign-in-code-refused"
    default_detail = "验证码错误或已失效，请核对或重新获取。"


class SignInRefused(Unauthenticated):
    """The account is unknown or disabled, its password or code wrong, or the time over: never told which."""

    code = "sign-in-refused"
    default_detail = "账号、密码或动态口令有误，或登录已超时，请重新登录。"


class TriesLimited(TooMany):
    """Too many failed tries for one phone or one account; even the right secret is refused until the time is over."""

    code = "sign-in-tries-limited"
    default_detail = "尝试次数过多，请稍后再试。"


class RefreshRefused(Unauthenticated):
    """The refresh token is unknown, too old or used before, or its session has ended: never told which."""

    code = "refresh-token-refused"
    default_detail = "登录已失效，请重新登录。"


class SessionNotFound(NotFound):
    """No such living session of the one who asks."""

    code = "session-not-found"
    default_detail = "没有找到该登录设备。"


class LoginNameInvalid(Invalid):
    """The login name has a form that accounts do not have."""

    code = "login-name-invalid"
    default_detail = "账号须以小写字母开头，由 3 至 32 位小写字母、数字、点、横线或下划线组成。"


class LoginNameTaken(Conflict):
    """Another account has this login name."""

    code = "login-name-taken"
    default_detail = "该账号已存在。"


class PersonGone(Unauthenticated):
    """The person's account was closed or disabled while they were asking."""

    code = "person-gone"
    default_detail = "账号已注销或停用。"


class PersonUnknown(NotFound):
    """There is no such person."""

    code = "person-unknown"
    default_detail = "人员不存在。"
