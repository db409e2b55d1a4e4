// example.js [FOLDER]
//
// Uses the page of the example as two people do, one with the mouse and one with the keyboard
// alone, in Chromium by its WebDriver. Prints TAP; writes screenshots into FOLDER. It is run by
// test/long/example.sh, and needs only Node.
'use strict';
const { spawn } = require('child_process');
const fs = require('fs');

const PAGE = `http://127.0.0.1:${process.env.PORT || 8080}`;
const DRIVER = `http://127.0.0.1:${Number(process.env.PORT || 8080) + 1}`;
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const TAB = '\uE004';
const ENTER = '\uE007';
const folder = process.argv[2] || '.';
let number = 0;
let failures = 0;

function check(passes, name, detail) {
  console.log(`${passes ? 'ok' : 'not ok'} ${++number} - ${name}`);
  if (!passes) {
    failures++;
    if (detail !== undefined) console.log(`# ${JSON.stringify(detail)}`);
  }
}

async function wire(method, address, body) {
  const response = await fetch(`${DRIVER}/${address}`, { method, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${address}: ${value.message}`);
  return value;
}

// Tries until there is a result, for as long as an answer may take on a busy machine.
async function until(name, attempt) {
  for (const end = Date.now() + 30000; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
    const result = await attempt().catch(() => null);
    if (result) return result;
  }
  throw new Error(`${name}: nothing happened in 30 seconds`);
}

class Browser {
  static async open(width, height, scheme) {
    const browser = new Browser();
    const session = await wire('POST', 'session', { capabilities: { alwaysMatch: { browserName: 'chrome', 'goog:chromeOptions': { args: [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', `--window-size=${width},${height}`, ...(scheme === 'dark' ? ['--force-dark-mode'] : [])] } } } });
    browser.session = `session/${session.sessionId}`;
    return browser;
  }
  go(address) { return wire('POST', `${this.session}/url`, { url: `${PAGE}/${address}` }); }
  run(script, ...args) { return wire('POST', `${this.session}/execute/sync`, { script, args }); }
  find(xpath) {
    return until(xpath, async () => (await wire('POST', `${this.session}/element`, { using: 'xpath', value: xpath }))[ELEMENT]);
  }
  sees(text) { return this.find(`//*[not(self::script) and contains(normalize-space(.), ${JSON.stringify(text)})]`); }
  async click(xpath) { return wire('POST', `${this.session}/element/${await this.find(xpath)}/click`, {}); }
  async type(xpath, text) { return wire('POST', `${this.session}/element/${await this.find(xpath)}/value`, { text }); }
  // to whatever has the focus
  async press(text) {
    const active = await wire('GET', `${this.session}/element/active`);
    return wire('POST', `${this.session}/element/${active[ELEMENT]}/value`, { text });
  }
  focused() { return this.run('const e = document.activeElement; return (e.labels && e.labels[0] || e).textContent.trim()'); }
  async tabTo(name) {
    for (let presses = 0; presses < 60; presses++) {
      await this.press(TAB);
      if ((await this.focused()).startsWith(name)) return;
    }
    throw new Error(`${name} cannot be reached by the keyboard`);
  }
  async screenshot(name) {
    await this.run('window.scrollTo(0, 0)');
    fs.writeFileSync(`${folder}/${name}.png`, Buffer.from(await wire('GET', `${this.session}/screenshot`), 'base64'));
  }
  close() { return wire('DELETE', this.session); }
}

const label = (text) => `//label[starts-with(normalize-space(.), "${text}")]//*[self::input or self::select or self::textarea]`;
const button = (text) => `//button[starts-with(normalize-space(.), "${text}")]`;
const inForm = (title, path) => `//form[h2="${title}"]${path}`;

// What a screen reader needs: names for everything that can be used, one main heading, a language.
const NAMELESS = `
  return [...document.querySelectorAll('a, button, input, select, textarea, iframe, img, progress')].filter((e) => e.offsetParent).filter((e) =>
    !((e.labels && e.labels.length) || e.textContent.trim() || e.getAttribute('aria-label') || e.title || e.alt)).map((e) => e.outerHTML)`;

async function checkAccessibility(browser, where) {
  const nameless = await browser.run(NAMELESS);
  check(nameless.length === 0, `${where}: everything that can be used has a name`, nameless);
  check(await browser.run('return document.querySelectorAll("h1").length === 1 && document.documentElement.lang === "en"'), `${where}: there is one main heading, and the language is named`);
  check(await browser.run('return !/\\[object |undefined|null/.test(document.querySelector("main").innerText)'), `${where}: texts are texts`);
  check(await browser.run('return document.documentElement.scrollWidth <= window.innerWidth'), `${where}: nothing is wider than the window`);
}

const WORDS = { 'Capstone goal': 'a chess clock', Container: 'opening book', 'Edge case': 'stalemate', Entity: 'piece', Event: 'move', Flow: 'game', Interface: 'board', Logic: 'rule', State: 'square', Variant: 'blitz' };

// With the mouse, on a desk.
async function learnChess(browser) {
  await browser.go('');
  await browser.sees('Learn in your own words');
  await checkAccessibility(browser, 'welcome');
  await browser.type(inForm('Sign up', label('Name')), 'Vera');
  await browser.type(inForm('Sign up', label('E-mail')), 'vera@example.com');
  await browser.type(inForm('Sign up', label('Password')), 'short');
  await browser.click(inForm('Sign up', button('Sign up')));
  await browser.sees('password must have at least 8 characters');
  check(await browser.run('return document.activeElement.name === "password" && document.activeElement.getAttribute("aria-invalid") === "true"'), 'the field that an error is about has the focus and is marked');
  await browser.type(inForm('Sign up', label('Password')), ' no longer');
  await browser.click(inForm('Sign up', button('Sign up')));
  await browser.sees('Welcome, Vera');
  await browser.type(label('Category'), 'Cognitive');
  await browser.type(label('What do you know well?'), 'chess');
  await browser.click(button('Go on'));
  for (const [name, word] of Object.entries(WORDS)) await browser.type(label(name), word);
  await checkAccessibility(browser, 'words');
  await browser.click(button('Make my course'));
  await browser.sees('Software architecture through chess');
  check(true, 'a course is generated in the words of the learner');
  await browser.click('//ol[@class="modules"]/li[1]/a');
  await browser.sees('Exercises');
  await checkAccessibility(browser, 'module');
  await browser.click(`(${button('Hand in')})[1]`);
  await browser.sees('100 of 100 in attempt 1, solved');
  check(true, 'a submission is scored');
  await browser.run('history.back()');
  await browser.sees('1 of 2 solved');
  check(true, 'progress follows');
  await browser.click(button('Follow Malik'));
  await browser.find('//ol[@id="ticker"]/li[contains(., "Malik solved")]');
  check(true, 'the ticker has what the followed have done');
  await browser.go('#/me');
  await browser.sees('1 exercises solved');
  check(true, 'the résumé has the score');
  await browser.go('#/');
  await browser.sees('Continue learning');
  check(true, 'the home rows begin with what is being learned');
  await browser.screenshot('desk');
}

// With the keyboard alone, on a phone, in the dark.
async function useKeyboard(browser) {
  await browser.go('');
  await browser.sees('Learn in your own words');
  await browser.run('document.getElementById("main").focus()');
  for (let addresses = 0; addresses < 2; addresses++) await browser.tabTo('E-mail address');
  await browser.press('malik@example.com');
  await browser.tabTo('Password');
  await browser.press(`learn by doing${ENTER}`);
  await browser.sees('Welcome, Malik');
  check(true, 'one can log in by the keyboard');
  await checkAccessibility(browser, 'home on a phone');
  await browser.tabTo('Follow Vera');
  await browser.press(ENTER);
  await browser.find('//ol[@id="ticker"]/li[contains(., "Vera solved")]');
  check(true, 'one can follow somebody by the keyboard');
  await browser.screenshot('phone');
}

// Two learners side by side: what one does, the other sees at once.
async function useSideBySide(browser) {
  await browser.go('side.html');
  const frames = [await browser.find('//iframe[1]'), await browser.find('//iframe[2]')];
  const enter = async (frame) => {
    await wire('POST', `${browser.session}/frame`, { id: null });
    await wire('POST', `${browser.session}/frame`, { id: { [ELEMENT]: frames[frame] } });
  };
  for (const [frame, name] of [[0, 'vera'], [1, 'malik']]) {
    await enter(frame);
    await browser.type(inForm('Log in', label('E-mail')), `${name}@example.com`);
    await browser.type(inForm('Log in', label('Password')), name === 'vera' ? 'short no longer' : 'learn by doing');
    await browser.click(inForm('Log in', button('Log in')));
    await browser.sees('Welcome');
    await browser.sees('Live');
  }
  check(true, 'two learners are logged in side by side');
  await enter(0);
  await browser.click('//section[h2="Continue learning"]//a');
  await browser.click('//ol[@class="modules"]/li[1]/a');
  await browser.click(`(${button('Hand in')})[2]`);
  await browser.sees('in attempt 1, solved');
  await enter(1);
  await browser.find('//ol[@id="ticker"]/li[contains(., "Vera completed The Atom")]');
  check(true, 'the ticker of one is live with what the other does');
  await wire('POST', `${browser.session}/frame`, { id: null });
  await browser.screenshot('side');
}

async function main() {
  const driver = spawn('chromedriver', [`--port=${new URL(DRIVER).port}`, '--log-level=SEVERE'], { stdio: 'inherit' });
  try {
    await until('chromedriver', () => wire('GET', 'status').then((status) => status.ready));
    await until('the example', () => fetch(PAGE).then((response) => response.ok));
    for (const [use, ...window] of [[learnChess, 1280, 900, 'light'], [useKeyboard, 500, 900, 'dark'], [useSideBySide, 1400, 900, 'light']]) {
      const browser = await Browser.open(...window);
      try {
        await use(browser);
      } catch (error) {
        check(false, error.message);
        await browser.screenshot('failure').catch(() => {});
      } finally {
        await browser.close();
      }
    }
  } finally {
    driver.kill();
  }
  console.log(`1..${number}`);
  process.exitCode = failures ? 1 : 0;
}

main();
