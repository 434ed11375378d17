// The status page: sign in, use a one-time link, see how things stand. The console replaces it.
// Everything shown is set as text: the page's policy allows no markup made from strings (Trusted Types).

const words = {
  ru: {
    title: "DLP-монитор", login: "Логин", password: "Пароль", code: "Код второго фактора", name: "Имя", sign_in: "Войти", sign_out: "Выйти",
    set: "Сохранить пароль", setup: "Первый вход", accepted: "Принято за 24 часа", decided: "Решено за 24 часа", gaps: "Пробелы за 24 часа",
    waiting: "Ждут решения", incidents: "Открытые инциденты", holds: "Удержано, ждут решения", reviews: "Ждут проверки", unknown: "Действия с неизвестным исходом",
    emergency: "Пропуск без проверки", none: "нет", everywhere: "везде", until: "до", signed: "Вы вошли:", version: "Версия",
    low: "низкая", medium: "средняя", high: "высокая", critical: "критическая", stale: "нет связи с сервером",
    credentials: "Логин или пароль неверны", totp: "Код неверен", totp_needed: "Введите код из приложения", locked: "Слишком много попыток, подождите (с):",
    link_not_found: "Ссылка неизвестна, использована или устарела", password_short: "Пароль короче 12 знаков", password_common: "Такой пароль подбирают первым",
    password_login: "Пароль содержит логин", login_taken: "Логин занят", done: "Пароль сохранён, теперь войдите", failed: "Не получилось:",
  },
  en: {
    title: "DLP monitor", login: "Login", password: "Password", code: "Second factor code", name: "Name", sign_in: "Sign in", sign_out: "Sign out",
    set: "Save the password", setup: "First visit", accepted: "Accepted in 24 hours", decided: "Decided in 24 hours", gaps: "Gaps in 24 hours",
    waiting: "Waiting for a verdict", incidents: "Open incidents", holds: "Held, waiting for somebody", reviews: "Waiting for review", unknown: "Actions with an unknown outcome",
    emergency: "Emergency pass-through", none: "none", everywhere: "everywhere", until: "until", signed: "Signed in:", version: "Version",
    low: "low", medium: "medium", high: "high", critical: "critical", stale: "the server does not answer",
    credentials: "Login or password is wrong", totp: "The code is wrong", totp_needed: "Enter the code of your app", locked: "Too many tries, wait (s):",
    link_not_found: "The link is unknown, used or expired", password_short: "The password is shorter than 12 characters", password_common: "This password is tried first",
    password_login: "The password contains the login", login_taken: "The login is taken", done: "The password is saved, now sign in", failed: "It did not work:",
  },
};
const language = navigator.language.startsWith("ru") ? "ru" : "en";
const say = words[language];
const page = document.getElementById("page");
document.documentElement.lang = language;
document.title = say.title;
let csrf = "";
let timer = 0;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

async function ask(method, path, body) {
  const headers = { Accept: "application/json" };
  if (csrf) headers["X-CSRF-Token"] = csrf;
  if (method === "GET") headers["X-Quiet"] = "1";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(`/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const told = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw told;
  return told;
}

function wordsOf(problem) {
  const known = say[problem?.code];
  if (problem?.code === "locked") return `${known} ${problem.params.retry_after_seconds}`;
  return known ?? `${say.failed} ${problem?.code ?? problem}`;
}

function field(name, type, autocomplete) {
  const input = element("input", { name, type, required: true, autocomplete });
  return element("label", {}, say[name], input);
}

function show(title, ...children) {
  clearTimeout(timer);
  page.replaceChildren(element("h1", {}, title), ...children);
  page.querySelector("input")?.focus();
}

function formOf(fields, button, submit) {
  const told = element("p", { className: "warn", role: "alert" });
  const form = element("form", {}, ...fields, told, element("button", {}, button));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.textContent = "";
    try {
      await submit(Object.fromEntries(new FormData(form)), form);
    } catch (problem) {
      told.textContent = wordsOf(problem);
    }
  });
  return form;
}

function signIn(note = "") {
  csrf = "";
  const fields = [field("login", "text", "username"), field("password", "password", "current-password")];
  const form = formOf(fields, say.sign_in, async (given) => {
    try {
      csrf = (await ask("POST", "/session", given)).csrf;
    } catch (problem) {
      if (problem?.code === "totp_needed" && !form.elements.code) {
        fields[1].after(field("code", "text", "one-time-code"));
        form.elements.code.inputMode = "numeric";
        form.elements.code.focus();
      }
      throw problem;
    }
    await status();
  });
  show(say.title, ...(note ? [element("p", {}, note)] : []), form);
}

async function setUp(token) {
  let link;
  try {
    link = await ask("POST", "/setup/look", { token });
  } catch (problem) {
    return signIn(wordsOf(problem));
  }
  const first = link.kind === "first";
  const fields = first ? [field("login", "text", "username"), field("name", "text", "name")] : [];
  const form = formOf([...fields, field("password", "password", "new-password")], say.set, async (given) => {
    await ask("POST", "/setup", { token, ...given });
    history.replaceState(null, "", "/");
    signIn(say.done);
  });
  show(say.setup, ...(first ? [] : [element("p", {}, link.login)]), form);
}

function rows(seen) {
  const number = new Intl.NumberFormat(language);
  const found = [];
  if (seen.coverage) {
    for (const name of ["accepted", "decided", "gaps", "waiting"]) found.push([say[name], number.format(seen.coverage[name])]);
  }
  if (seen.duties) {
    const open = Object.entries(seen.duties.incidents).map(([severity, count]) => `${say[severity]}: ${number.format(count)}`);
    found.push([say.incidents, open.reverse().join(" · ") || "0"]);
    found.push([say.holds, number.format(seen.duties.holds_waiting)], [say.reviews, number.format(seen.duties.reviews_waiting)]);
    found.push([say.unknown, number.format(seen.duties.unknown_outcomes)]);
  }
  return found.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)]);
}

function emergency(seen) {
  const moment = new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short", timeZoneName: "short" });
  const told = seen.emergencies.map((one) => `${one.connector ?? say.everywhere} ${say.until} ${moment.format(new Date(one.until))}`);
  return element("p", { className: told.length ? "warn" : "" }, `${say.emergency}: ${told.join("; ") || say.none}`);
}

async function status() {
  const [me, seen] = await Promise.all([ask("GET", "/me"), ask("GET", "/status")]);
  const out = element("button", { className: "quiet", type: "button" }, say.sign_out);
  out.addEventListener("click", async () => {
    await ask("DELETE", "/session");
    signIn();
  });
  const foot = element("p", { className: "foot" }, element("span", {}, `${say.signed} ${me.name} · ${say.version} ${seen.version}`), out);
  show(say.title, emergency(seen), element("dl", {}, ...rows(seen)), foot);
  timer = setTimeout(() => status().catch((problem) => (problem?.status === 401 ? signIn() : show(say.title, element("p", { className: "warn" }, say.stale)))), 15000);
}

async function start() {
  const token = location.pathname === "/setup" ? location.hash.slice(1) : location.hash.match(/^#setup=(.+)$/)?.[1];
  if (token) return setUp(token);
  try {
    csrf = (await ask("GET", "/session")).csrf;
  } catch {
    return signIn();
  }
  return status();
}

start();
