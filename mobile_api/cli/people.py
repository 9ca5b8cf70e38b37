"""`flask people`: operators' accounts."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup

from backend.identity.queries import operator_id, operators
from backend.identity.use_cases.credentials import give_new_password, reset_second_factor
from backend.identity.use_cases.people import disable_person
from backend.identity.use_cases.second_factors import next_code
from backend.infrastructure.settings import Environment
from backend.organization.roles import ROLE_NAMES, Role
from backend.organization.use_cases.demo_people import DemoAccount, add_demo_people
from backend.organization.use_cases.grid_workers import add_sample_workers
from backend.organization.use_cases.staff import StaffEntry, add_staff
from mobile_api.services import services

people = AppGroup("people", help="工作人员账号。")

# Plain texts: of the members of an enum, click would ask for the Python names.
_STAFF_ROLES = sorted(role.value for role in set(Role) - {Role.REPORTER, Role.CO_SIGNER, Role.PARTNER_APP, Role.SYSTEM})
_OWNER_ONLY = 0o600


@people.command("add")
@click.option("--login", required=True, help="登录账号。")
@click.option("--name", required=True, help="姓名，加密保存。")
@click.option("--role", required=True, type=click.Choice(_STAFF_ROLES), help="角色。")
@click.option("--centre", required=True, metavar="CODE", help="指挥中心代码，如 320682。")
@click.option("--unit", metavar="CODE", help="承办单位代码，如 YLJ；联络员、经办人、负责人须填写，中心自办的除外。")
def add(login: str, name: str, role: str, centre: str, unit: str | None) -> None:
    """Add an operator and show the random password once."""
    entry = StaffEntry(login_name=login, name=name, role=Role(role), centre_code=centre, unit_code=unit)
    with services().database.transaction() as session:
        account = add_staff(
            session,
            sealer=services().sealer,
            passwords=services().passwords,
            entry=entry,
            now=services().clock.now(),
        )
    click.echo(f"账号 {account.login_name}  密码 {account.password}")
    click.echo("密码只显示这一次。", err=True)


@people.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Disable an operator: every call and every session of theirs ends at once."""
    with services().database.transaction() as session:
        disable_person(session, person_id=operator_id(session, login), now=services().clock.now())
    click.echo(f"已停用 {login}")


@people.command("set-password")
@click.argument("login")
def set_password(login: str) -> None:
    """Give an operator a new random password, shown once; every session of theirs ends at once."""
    with services().database.transaction() as session:
        password = give_new_password(
            session,
            passwords=services().passwords,
            person_id=operator_id(session, login),
            now=services().clock.now(),
        )
    click.echo(f"账号 {login}  密码 {password}")
    click.echo("密码只显示这一次。该账号的所有登录已退出。", err=True)


@people.command("reset-second-factor")
@click.argument("login")
def reset_factor(login: str) -> None:
    """Take an operator's second factor away: the next sign-in enrols a new one; every session ends at once."""
    with services().database.transaction() as session:
        reset_second_factor(session, person_id=operator_id(session, login), now=services().clock.now())
    click.echo(f"已重置 {login} 的动态口令；该账号的所有登录已退出，下次登录时重新绑定。")


@people.command("code")
@click.argument("login")
def code(login: str) -> None:
    """Show the next code of an operator's authenticator app. In development alone."""
    if services().settings.environment is Environment.PRODUCTION:
        raise click.ClickException("生产环境不显示动态口令：它只在工作人员自己的手机上。")
    with services().database.transaction() as session:
        shown = next_code(
            session, sealer=services().sealer, person_id=operator_id(session, login), now=services().clock.now()
        )
    if shown is None:
        raise click.ClickException("该账号尚未绑定动态口令：登录时会得到绑定用的地址。")
    if shown.wait_s:
        raise click.ClickException(f"最近的动态口令都已用过，请 {shown.wait_s} 秒后再试。")
    click.echo(shown.code)


@people.command("list")
def list_operators() -> None:
    """Show all operators, their names masked."""
    with services().database.transaction() as session:
        for profile in operators(session, sealer=services().sealer):
            state = "停用" if profile.disabled_at else "启用"
            click.echo(f"{profile.login_name}\t{profile.name}\t{state}")


@people.command("demo")
@click.option("--to", "target", type=click.Path(path_type=Path), help="把新账号追加到此文件（仅所有者可读），不显示。")
def demo(target: Path | None) -> None:
    """Add the demo accounts that are not there yet; a second run changes nothing."""
    if services().settings.environment is Environment.PRODUCTION:
        raise click.ClickException("生产环境不建立演示账号。")
    add_demo_accounts(target)


def add_demo_accounts(target: Path | None) -> None:
    """Add the demo accounts that are not there yet, and keep or show their passwords."""
    with services().database.transaction() as session:
        accounts = add_demo_people(
            session, sealer=services().sealer, passwords=services().passwords, now=services().clock.now()
        )
        # Written before the commit: an account whose password nobody kept would be of no use to anyone.
        if target is not None:
            _append(target, accounts)
        workers = add_sample_workers(
            session, sealer=services().sealer, passwords=services().passwords, now=services().clock.now()
        )
    if target is None:
        for account in accounts:
            click.echo(_line(account))
    click.echo(f"新建演示账号 {len(accounts)} 个、示例网格员 {workers} 名（不能登录）", err=True)


def _append(target: Path, accounts: Iterable[DemoAccount]) -> None:
    text = "".join(_line(account) + "\n" for account in accounts)
    if not text:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def _line(demo: DemoAccount) -> str:
    account = demo.account
    return "\t".join((account.login_name, account.password, ROLE_NAMES[account.role], account.centre_code, demo.secret))
