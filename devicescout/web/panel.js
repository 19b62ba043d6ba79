/* panel: the two screens and what leads from one to the other. Nothing of a person outlives their session. */
(function () {
  'use strict';

  var self = window.latchkey;
  var PRINTER_EVERY_MS = 10000; /* how the printer is, while nobody is signed in */
  var TOUCH_EVERY_MS = 15000;   /* a touch is passed on to the server so often at most */
  var NEWS_MS = 5000;
  var COPIES_MAX = 999;

  var printer = decodeURIComponent(location.pathname.split('/')[2] || '');
  var about = null;     /* the printer as the server described it last; false: there is none */
  var session = null;   /* all that belongs to the person who is signed in */
  var newsTimer = 0, asking = null;

  function $(id) { return document.getElementById(id); }
  function show(id, visible) { $(id).hidden = !visible; }
  function say(id, text) { if ($(id).textContent !== text) { $(id).textContent = text; } }

  function news(text) {
    clearTimeout(newsTimer);
    say('news', text);
    if (text) { newsTimer = setTimeout(function () { say('news', ''); }, NEWS_MS); }
  }

  /* Welcome ------------------------------------------------------------------------------------------------------ */

  function stateText() {
    if (about.state === 'trouble') {
      return self.text('state.trouble', { why: self.why(about.problem, about.detail, '') });
    }
    return self.text('state.' + about.state) + (about.encrypted ? '' : '. ' + self.text('state.open'));
  }

  function drawPrinter() {
    if (about === null) { return; }
    say('printer-name', about ? about.name : self.text('printer.unknown.title'));
    say('printer-place', about ? about.place : self.text('printer.unknown.text'));
    say('printer-state', about ? stateText() : '');
    $('printer-state').className = 'state ' + (about ? about.state : 'trouble');
    show('printer-state', Boolean(about));
    show('sign-in', Boolean(about));
    document.title = (about ? about.name + ' – ' : '') + 'Latchkey';
  }

  function askPrinter() {
    self.call('GET', 'printer/' + encodeURIComponent(printer), null, function (status, answer) {
      if (status === 200) { about = answer; } else if (status === 404) { about = false; }
      if (status === 200 || status === 404) { drawPrinter(); } else { say('printer-state', self.text('printer.away')); }
    });
  }

  function signInFailed(status, answer) {
    var known = { 401: 'signin.refused', 503: 'signin.directory-down' };
    var text = status === 429 ? self.count('signin.too-often', answer.wait_s) :
      self.text(known[status] || 'signin.no-answer');
    say('sign-in-error', text);
    $('password').value = '';
    $('password').focus();
  }

  function signIn(event) {
    var user = $('user').value.trim(), password = $('password').value;

    event.preventDefault();
    if ($('sign-in-button').disabled) { return; }
    if (!user || !password) {
      say('sign-in-error', self.text('signin.missing'));
      $(user ? 'password' : 'user').focus();
      return;
    }
    say('sign-in-error', '');
    $('sign-in-button').disabled = true;
    say('sign-in-button', self.text('signin.busy'));
    self.call('POST', 'session', { printer: printer, user: user, password: password }, function (status, answer) {
      $('sign-in-button').disabled = false;
      say('sign-in-button', self.text('signin.button'));
      if (status === 200) { enter(answer); } else { signInFailed(status, answer); }
    });
    password = '';
  }

  function clearForm() {
    $('user').value = '';
    $('password').value = '';
    say('sign-in-error', '');
  }

  /* The session ---------------------------------------------------------------------------------------------------- */

  function enter(answer) {
    clearForm();
    news('');
    session = { jobs: {}, rows: {}, chosen: {}, options: { copies: 1, pages: '', sides: '', color: '' },
      idleMs: answer.idle_s * 1000, touched: Date.now(), told: Date.now(), stop: null, ticker: 0, listed: false };
    say('person', answer.person);
    say('desk-printer', about.place ? about.name + '  ·  ' + about.place : about.name);
    show('welcome', false);
    show('desk', true);
    drawFooter();
    session.ticker = setInterval(tick, 500);
    session.stop = self.listen({ jobs: takeAll, job: takeOne, gone: drop, signedOut: function () { leave('news.signed-out'); },
      lost: function () { news(self.text('news.lost')); },
      back: function () { if ($('news').textContent === self.text('news.lost')) { news(''); } } });
    $('list').focus();
  }

  /* Everything that the person saw leaves the page, not only the view. */
  function leave(message) {
    if (!session) { return; }
    session.stop();
    clearInterval(session.ticker);
    session = null;
    closeSheets();
    $('jobs').textContent = '';
    ['person', 'desk-printer', 'question-title', 'question-text'].forEach(function (id) { say(id, ''); });
    clearForm();
    show('empty', false);
    show('desk', false);
    show('welcome', true);
    askPrinter();
    self.begin(function () { drawPrinter(); news(message ? self.text(message) : ''); });
    $('user').focus();
  }

  function signOut(message) {
    self.call('DELETE', 'session', null, null);
    leave(message);
  }

  /* Once in half a second: has nobody touched the screen for long? */
  function tick() {
    var left = session.touched + session.idleMs - Date.now();
    var warnMs = Math.min(15000, session.idleMs / 2);

    if (left <= 0) { signOut('news.signed-out'); return; }
    if (left > warnMs) { return; }
    if (asking !== 'idle') {
      ask({ name: 'idle', title: self.text('idle.title'), text: '', yes: self.text('idle.stay'),
        no: self.text('signout.button'), onYes: function () { touch(); }, onNo: function () { signOut('signout.done'); } });
    }
    say('question-text', self.count('idle.text', Math.ceil(left / 1000)));
  }

  function touch(event) {
    if (!session) { return; }
    if (asking === 'idle' && event && $('question').contains(event.target)) { return; } /* its buttons answer */
    session.touched = Date.now();
    if (asking === 'idle') { closeSheets(); }
    if (session.touched - session.told < TOUCH_EVERY_MS) { return; }
    session.told = session.touched;
    self.call('PUT', 'session', null, function (status) { if (status === 401) { leave('news.signed-out'); } });
  }

  /* The list ----------------------------------------------------------------------------------------------------- */

  function newestFirst(a, b) { return b.created - a.created || (a.id < b.id ? -1 : 1); }

  function sorted(which) {
    return Object.keys(session.jobs).map(function (id) { return session.jobs[id]; }).filter(which || Boolean)
      .sort(newestFirst);
  }

  function choosable() { return sorted(self.mayRelease); }
  function chosen() { return sorted(function (job) { return session.chosen[job.id] && self.mayRelease(job); }); }

  function choose(id, yes) {
    if (yes) { session.chosen[id] = true; } else { delete session.chosen[id]; }
    draw();
  }

  function draw() {
    var list = $('jobs');

    sorted().forEach(function (job, place) {
      var row = session.rows[job.id] = session.rows[job.id] || self.row(job.id, choose);
      self.fill(row, job, Boolean(session.chosen[job.id]) && self.mayRelease(job));
      if (list.children[place] !== row.element) { list.insertBefore(row.element, list.children[place] || null); }
    });
    show('empty', session.listed && list.children.length === 0);
    drawFooter();
  }

  function drawFooter() {
    var all = choosable().length, some = chosen().length;

    $('select-all').checked = some > 0 && some === all;
    $('select-all').disabled = all === 0;
    say('select-all-text', some ? self.count('list.chosen', some) : all ? self.count('list.all', all) : '');
    $('select-all').parentNode.style.visibility = all ? 'visible' : 'hidden';
    say('release', some ? self.count('release', some) : all > 1 ? self.text('release.all', { n: all }) :
      self.text('release.none'));
    $('release').disabled = all === 0;
    $('delete').disabled = some === 0;
    say('options', self.text(optionsChanged() ? 'options.button.changed' : 'options.button'));
    $('options').disabled = all === 0;
  }

  function takeOne(job) {
    session.jobs[job.id] = job;
    if (!self.mayRelease(job)) { delete session.chosen[job.id]; }
    draw();
  }

  function remove(id) {
    if (session.rows[id]) { $('jobs').removeChild(session.rows[id].element); }
    delete session.rows[id];
    delete session.jobs[id];
    delete session.chosen[id];
  }

  function drop(id) {
    remove(id);
    draw();
  }

  function takeAll(jobs) {
    var here = {};

    session.listed = true;
    jobs.forEach(function (job) { here[job.id] = job; });
    Object.keys(session.jobs).forEach(function (id) { if (!here[id]) { remove(id); } });
    session.jobs = here;
    draw();
  }

  /* What is done with jobs --------------------------------------------------------------------------------------- */

  /* Ask for one password after another; done(those that were given), which leaves out the jobs of the others. */
  function askPasswords(jobs, passwords, done) {
    var job = jobs[0];

    if (!session) { return; }
    if (!job) { done(passwords); return; }
    ask({ name: 'password', title: self.text('password.title', { title: job.title || self.text('job.untitled') }),
      text: self.text('password.text'), yes: self.text('password.yes'), no: self.text('password.no'), password: true,
      onYes: function (given) { passwords[job.id] = given; askPasswords(jobs.slice(1), passwords, done); },
      onNo: function () { askPasswords(jobs.slice(1), passwords, done); } });
  }

  function release() {
    var jobs = chosen().length ? chosen() : choosable();

    askPasswords(jobs.filter(function (job) { return job.password; }), {}, function (passwords) {
      sendRelease(jobs.filter(function (job) { return !job.password || passwords[job.id] !== undefined; }), passwords);
    });
  }

  function refusal(refused) {
    var wrong = refused.some(function (r) { return r.error.indexOf('password-') === 0; });
    return wrong ? self.text('password.wrong') : self.count('release.refused', refused.length);
  }

  /* In the order in which they were printed: the last one comes to lie on top. */
  function sendRelease(jobs, passwords) {
    var ids = jobs.map(function (job) { return job.id; }).reverse();

    if (!ids.length) { return; }
    $('release').disabled = true;
    self.call('POST', 'release', { jobs: ids, options: optionsForCall(), passwords: passwords }, function (status, answer) {
      if (!session) { return; }
      if (status === 401) { leave('news.signed-out'); return; }
      if (status !== 202) {
        news(self.text('release.failed'));
      } else {
        session.chosen = {};
        resetOptions();
        if (answer.refused.length) { news(refusal(answer.refused)); }
      }
      draw();
    });
  }

  function removeJobs(jobs) {
    var left = jobs.length, deleted = 0;

    jobs.forEach(function (job) {
      self.call('DELETE', 'jobs/' + job.id, null, function (status) {
        if (!session) { return; }
        if (status === 200) { deleted += 1; remove(job.id); }
        left -= 1;
        if (left === 0) {
          news(deleted === jobs.length ? self.count('delete.done', deleted) : self.text('delete.failed'));
          draw();
        }
      });
    });
  }

  function askToDelete() {
    var jobs = chosen();

    ask({ name: 'delete', title: self.count('delete.title', jobs.length), text: self.text('delete.text'), danger: true,
      yes: self.text('delete.button'), no: self.text('delete.keep'), onYes: function () { removeJobs(jobs); } });
  }

  /* Options ------------------------------------------------------------------------------------------------------- */

  function optionsChanged() {
    var o = session.options;
    return o.copies !== 1 || o.pages !== '' || o.sides !== '' || o.color !== '';
  }

  function optionsForCall() {
    var o = session.options, out = {};

    if (o.copies !== 1) { out.copies = o.copies; }
    if (o.pages) { out['page-ranges'] = o.pages; }
    if (o.sides) { out.sides = o.sides; }
    if (o.color) { out['print-color-mode'] = o.color; }
    return out;
  }

  /* What this printer cannot do is not offered. */
  function offer(select, can) {
    Array.prototype.forEach.call(select.options, function (option) {
      option.disabled = Boolean(can && option.value && option.value !== 'one-sided' && can.indexOf(option.value) < 0);
    });
  }

  function fillOptions(o) {
    offer($('sides'), about && about.sides);
    offer($('color'), about && about.color_modes);
    say('copies', String(o.copies));
    $('pages').value = o.pages;
    $('sides').value = o.sides;
    $('color').value = o.color;
    say('options-error', '');
  }

  function resetOptions() {
    session.options = { copies: 1, pages: '', sides: '', color: '' };
  }

  function stepCopies(by) {
    var n = Math.min(COPIES_MAX, Math.max(1, Number($('copies').textContent) + by));
    say('copies', String(n));
  }

  /* "1-3, 7": rising, apart. The server checks again. */
  function arePages(text) {
    var last = 0;
    return text.split(',').every(function (part) {
      var m = /^\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?$/.exec(part);
      var from = m && Number(m[1]), to = m && Number(m[2] || m[1]);
      if (!m || from <= last || to < from) { return false; }
      last = to;
      return true;
    });
  }

  function takeOptions(event) {
    var pages = $('pages').value.trim();

    event.preventDefault();
    if (pages && !arePages(pages)) {
      say('options-error', self.text('options.pages.wrong'));
      $('pages').focus();
      return;
    }
    session.options = { copies: Number($('copies').textContent), pages: pages, sides: $('sides').value,
      color: $('color').value };
    closeSheets();
    draw();
  }

  /* Sheets ------------------------------------------------------------------------------------------------------- */

  function open(id, name, focus) {
    asking = name;
    show('veil', true);
    show('options-sheet', id === 'options-sheet');
    show('question', id === 'question');
    $('desk').setAttribute('aria-hidden', 'true');
    $(focus).focus();
  }

  function closeSheets() {
    if (asking === null) { return; }
    asking = null;
    ['veil', 'options-sheet', 'question'].forEach(function (id) { show(id, false); });
    $('desk').removeAttribute('aria-hidden');
    if (session) { $('list').focus(); }
  }

  function ask(q) {
    say('question-title', q.title);
    say('question-text', q.text);
    say('question-yes', q.yes);
    say('question-no', q.no);
    $('question-yes').className = q.danger ? 'primary danger' : 'primary';
    show('question-password', Boolean(q.password));
    $('question-password').value = '';
    $('question-password').onkeydown = function (event) { if (event.keyCode === 13) { $('question-yes').click(); } };
    $('question-yes').onclick = function () {
      var given = $('question-password').value;
      $('question-password').value = '';
      closeSheets();
      q.onYes(given);
    };
    $('question-no').onclick = function () { closeSheets(); if (q.onNo) { q.onNo(); } };
    open('question', q.name, q.password ? 'question-password' : q.danger ? 'question-no' : 'question-yes');
  }

  /* Keys stay inside an open sheet; Escape is its gentle answer. */
  function onKey(event) {
    var items, first, last;

    touch(event);
    if (asking === null) { return; }
    if (event.keyCode === 27 && asking !== 'idle') { closeSheets(); return; }
    if (event.keyCode !== 9) { return; }
    items = $(asking === 'options' ? 'options-sheet' : 'question').querySelectorAll('button, input:not([hidden]), select');
    first = items[0];
    last = items[items.length - 1];
    if (event.shiftKey && document.activeElement === first) { last.focus(); event.preventDefault(); }
    if (!event.shiftKey && document.activeElement === last) { first.focus(); event.preventDefault(); }
  }

  /* Start ---------------------------------------------------------------------------------------------------------- */

  function bind() {
    $('sign-in').onsubmit = signIn;
    $('sign-out').onclick = function () { signOut('signout.done'); };
    $('release').onclick = release;
    $('delete').onclick = askToDelete;
    $('options').onclick = function () { fillOptions(session.options); open('options-sheet', 'options', 'copies-more'); };
    $('options-sheet').onsubmit = takeOptions;
    $('options-reset').onclick = function () { resetOptions(); fillOptions(session.options); };
    $('copies-less').onclick = function () { stepCopies(-1); };
    $('copies-more').onclick = function () { stepCopies(1); };
    $('select-all').onchange = function () {
      var yes = this.checked;
      session.chosen = {};
      if (yes) { choosable().forEach(function (job) { session.chosen[job.id] = true; }); }
      draw();
    };
    self.languages.forEach(function (language) {
      document.querySelector('[data-language=' + language + ']').onclick = function () {
        self.speak(language, function () { say('sign-in-error', ''); drawPrinter(); });
      };
    });
    document.addEventListener('keydown', onKey);
    ['mousedown', 'touchstart'].forEach(function (name) { document.addEventListener(name, touch); });
    /* Back and forward do not bring an old screen to life again. */
    window.addEventListener('pageshow', function (event) { if (event.persisted) { location.reload(); } });
  }

  self.begin(function () {
    bind();
    self.call('DELETE', 'session', null, null); /* whoever was signed in before this page was opened */
    askPrinter();
    setInterval(function () { if (!session) { askPrinter(); } }, PRINTER_EVERY_MS);
    show('welcome', true);
    $('user').focus();
  });
}());
