/* SPDX-License-Identifier: Apache-2.0 */
/* panel: a session from its beginning to its end. Nothing of a person outlives it. */
(function () {
  'use strict';

  var self = window.latchkey;
  var $ = self.$;
  var TOUCH_EVERY_MS = 15000; /* a touch is passed on to the server so often at most */
  var WARN_MS = 15000;        /* the countdown is seen so long */
  var AGAIN_MS = 3000;        /* some readers read a badge twice */

  self.session = null; /* all that belongs to the person who is signed in */

  function lost() { self.news(self.text('news.lost')); }
  function back() { if ($('news').textContent === self.text('news.lost')) { self.news(''); } }

  /* answer: of POST /session. */
  self.enter = function (answer) {
    var now = Date.now(), about = self.about;

    self.news('');
    self.session = {
      jobs: {}, rows: {}, heads: {}, chosen: {}, released: [], listed: false, options: self.plainOptions(),
      authentication: answer.authentication, pin: answer.pin, pin_digits_least: answer.pin_digits_least,
      may: answer.may || {}, fast: answer.fast_release,
      idleMs: answer.idle_s * 1000, began: now, touched: now, told: now, stop: null, ticker: 0
    };
    self.say('person', answer.display || answer.person);
    self.say('desk-printer', about.place ? about.name + '  \u00b7  ' + about.place : about.name);
    self.session.ticker = setInterval(tick, 500);
    self.toDesk();
    self.session.stop = self.listen({ jobs: self.takeAll, job: self.takeOne, gone: self.drop, lost: lost, back: back,
      signedOut: function () { self.leave('news.signed-out'); } });
    self.readBadges(swiped);
    if (answer.authentication === 'password' && answer.pin === 'none' && answer.pin_wanted && answer.by_badge &&
        !answer.too_late) {
      self.choosePin('', answer.registered);
    } else if (answer.registered || answer.too_late) {
      self.news(self.text(answer.registered ? 'register.done' : 'register.late'));
    }
  };

  /* Everything that the person saw leaves the page, not only the view. */
  function clear() {
    self.session.stop();
    clearInterval(self.session.ticker);
    self.session = null;
    self.closeSheet();
    self.clearDesk();
    self.clearMine();
    self.clearOthers();
    $('pages').value = '';
    self.news('');
    self.toIdle();
  }

  self.leave = function (message) {
    if (!self.session) { return; }
    clear();
    self.askPrinter();
    self.begin(function () {
      self.drawPrinter();
      if (self.at === 'idle') { self.toIdle(message ? self.text(message) : ''); }
    });
  };

  function signOut(message) {
    self.call('DELETE', 'session', null, null);
    self.leave(message);
  }

  /* A badge, whoever's it is, ends a session: the next one begins another. */
  function swiped() {
    if (Date.now() - self.session.began > AGAIN_MS) { signOut('signout.done'); }
  }

  /* Once in half a second: has nobody touched the screen for long? */
  function tick() {
    var session = self.session, left = session.touched + session.idleMs - Date.now();
    var sheet = self.sheet();

    if (left <= 0) { signOut('news.signed-out'); return; }
    if (left > Math.min(WARN_MS, session.idleMs / 2)) { return; }
    if (!sheet || sheet.name !== 'idle') {
      self.ask({ name: 'idle', title: self.text('idle.title'), text: '', yes: self.text('idle.stay'),
        no: self.text('signout.button'), onYes: function () { touch(); }, onNo: function () { signOut('signout.done'); } });
    }
    self.say('question-text', self.count('idle.text', Math.ceil(left / 1000)));
  }

  function touch(event) {
    var session = self.session, sheet = self.sheet(), warned = sheet && sheet.name === 'idle';

    if (!session) { return; }
    if (warned && event && $('question').contains(event.target)) { return; } /* its buttons answer */
    session.touched = Date.now();
    if (warned) { self.closeSheet(); }
    if (session.touched - session.told < TOUCH_EVERY_MS) { return; }
    session.told = session.touched;
    self.call('PUT', 'session', null, function (status) { if (status === 401) { self.leave('news.signed-out'); } });
  }

  function bind() {
    self.bindDesk();
    self.bindOptions();
    self.bindMine();
    self.bindOthers();
    $('sign-out').onclick = function () { signOut('signout.done'); };
    self.languages.forEach(function (language) {
      document.querySelector('[data-language=' + language + ']').onclick = function () {
        self.speak(language, function () { self.drawPrinter(); self.toIdle(); });
      };
    });
    self.each('[data-icon]', function (e) { self.icon(e, e.getAttribute('data-icon')); });
    ['keydown', 'mousedown', 'touchstart'].forEach(function (name) { document.addEventListener(name, touch); });
    /* Back and forward do not bring an old screen to life again: it is empty when it is put away, and loaded anew. */
    window.addEventListener('pagehide', function () { if (self.session) { clear(); } else { self.clearDoor(); } });
    window.addEventListener('pageshow', function (event) { if (event.persisted) { location.reload(); } });
  }

  self.begin(function () {
    bind();
    self.call('DELETE', 'session', null, self.openDoor); /* whoever was signed in before this page was opened */
  });
}());
