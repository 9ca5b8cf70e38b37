"use strict";
// The panel of demo accounts above the operations: one click signs in and authorises every operation of the page.
// The refresh token stays in this page's memory; a closed page forgets it.
(() => {
  const panel = document.getElementById("demo");
  const status = document.createElement("p");
  let renewal;

  const made = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

  async function ask(path, body) {
    const options = body && {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    };
    const answer = await fetch(path, options || {});
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.detail);
    return told;
  }

  function authorise(name, tokens) {
    window.ui.preauthorizeApiKey("bearer", tokens.access_token);
    clearTimeout(renewal);
    const left = new Date(tokens.access_expires_at) - Date.now();
    renewal = setTimeout(() => renew(name, tokens.refresh_token), Math.max(left - 60000, 1000));
    status.textContent = `已登录：${name}。打开任一接口，点 Execute。Signed in: open an operation and press Execute.`;
  }

  async function renew(name, refreshToken) {
    try {
      authorise(name, await ask("/api/v1/sessions/refresh", { refresh_token: refreshToken }));
    } catch (refused) {
      status.textContent = `登录已结束，请再选一个账号。The session is over: choose again. ${refused.message}`;
    }
  }

  async function choose(button, choice) {
    try {
      authorise(choice.name, await ask("/docs/demo/sessions", { login: choice.login }));
      for (const other of panel.querySelectorAll("button")) other.setAttribute("aria-pressed", other === button);
    } catch (refused) {
      status.textContent = refused.message;
    }
  }

  function buttonOf(choice) {
    const button = made("button", choice.name);
    button.type = "button";
    button.dataset.login = choice.login;
    button.setAttribute("aria-pressed", "false");
    button.append(made("small", choice.roles.join("、")));
    button.addEventListener("click", () => choose(button, choice));
    return button;
  }

  async function show() {
    const { items } = await ask("/docs/demo/accounts");
    if (!items.length) return;
    const box = made("section", "");
    box.className = "box";
    const choices = made("div", "");
    choices.className = "choices";
    choices.append(...items.map(buttonOf));
    status.setAttribute("role", "status");
    box.append(
      made("h2", "用演示账号试用 Try it with a demo account"),
      made("p", "仅在开发环境、本机可见；生产环境没有此功能。In development on this machine alone; production has no such thing."),
      choices, status,
    );
    panel.append(box);
  }

  show().catch((refused) => console.warn(refused.message));
})();
