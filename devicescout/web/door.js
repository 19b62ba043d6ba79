/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door: before anybody is signed in: the printer's name and state, and the ways in: badge, name and PIN, name and
 * password; a badge that nobody knows becomes somebody's here.
 */
(function () {
  'use strict';

  var self = window.latchkey;
  var $ = self.$;
  var PRINTER_EVERY_MS = 10000; /* how the printer is */
  var LEAVE_MS = 60000;         /* untouched, the door is as it was again; below a handle's two minutes */
  var NOTE_MS = 10000;

  self.printer = decodeURIComponent(location.pathname.split('/')[2] || '');
  self.about = null; /* the printer as the server described it last; false: there is none */

  var badge = '';    /* swiped, and its PIN or password is awaited */
  var handle = '';   /* of a badge that nobody knows */
  var way = 'password', busy = false, touchedMs = 0, noteTimer = 0, mayPrinter = true;

  /* The printer ------------------------------------------------------------------------------------------------- */

  function stateText() {
    var about = self.about;
    if (about.state === 'trouble') {
      return self.text('state.trouble', { why: self.why(about.problem, about.detail, '') });
    }
    return self.text('state.' + about.state) + (about.encrypted ? '' : '. ' + self.text('state.open'));
  }

  self.drawPrinter = function () {
    var about = self.about, state = about ? about.state : 'trouble';
    var icons = { ready: 'check', busy: 'printer', trouble: 'warning' };

    if (about === null) { return; }
    self.say('printer-name', about ? about.name : self.text(mayPrinter ? 'printer.unknown.title' : 'panel.unknown.title'));
    self.say('printer-place', about ? about.place : self.text(mayPrinter ? 'printer.unknown.text' : 'panel.unknown.text'));
    self.say('printer-state-text', about ? stateText() : '');
    self.icon($('printer-state-icon'), icons[state]);
    $('printer-state').className = 'state ' + state;
    self.show('printer-state', Boolean(about));
    self.show('invite', Boolean(about));
    document.title = (about ? about.name + ' \u2013 ' : '') + 'Latchkey';
  };

  self.askPrinter = function () {
    self.call('GET', 'printer/' + encodeURIComponent(self.printer), null, function (status, answer) {
      mayPrinter = status !== 403;
      if (status === 200) { self.about = answer; } else if (status === 404 || status === 403) { self.about = false; }
      if (self.about === null || status === 0 || status >= 500) {
        self.say('printer-state-text', self.text('printer.away'));
        self.icon($('printer-state-icon'), 'warning');
        $('printer-state').className = 'state trouble';
        return;
      }
      self.drawPrinter();
    });
  };

  /* The first screen ---------------------------------------------------------------------------------------------- */

  function note(text, wrong) {
    clearTimeout(noteTimer);
    $('idle-note').className = wrong ? 'error' : 'good';
    self.say('idle-note', text);
    if (text) { noteTimer = setTimeout(function () { self.say('idle-note', ''); }, NOTE_MS); }
  }

  function drawIdle() {
    self.icon($('idle-art'), busy ? 'clock' : 'badge');
    $('idle-art').className = busy ? 'art busy' : 'art';
    self.say('idle-title', self.text(busy ? 'signin.busy' : 'idle.badge'));
    $('touch').disabled = busy;
  }

  /* What somebody typed or swiped is nobody's any more. */
  self.clearDoor = function () {
    badge = handle = '';
    $('user').value = '';
    $('password').value = '';
    self.say('sign-in-error', '');
    self.padForget();
    self.keysForget();
  };

  self.toIdle = function (text) {
    self.clearDoor();
    self.screen('idle');
    note(text || '');
    drawIdle();
    self.readBadges(swipe);
  };

  /* Name and password, name and PIN -------------------------------------------------------------------------------- */

  function drawForm() {
    var pin = way === 'pin';

    self.show('password-field', !pin);
    $('user').setAttribute('data-next', pin ? 'sign-in-button' : 'password');
    $('way-password').setAttribute('aria-checked', String(!pin));
    $('way-pin').setAttribute('aria-checked', String(pin));
    $('way-password').tabIndex = pin ? -1 : 0;
    $('way-pin').tabIndex = pin ? 0 : -1;
    self.say('sign-in-button', self.text(busy ? 'signin.busy' : pin ? 'keys.next' :
      handle ? 'register.button' : 'signin.button'));
    $('sign-in-button').disabled = busy;
  }

  function choose(which) {
    way = which;
    self.say('sign-in-error', '');
    $('password').value = '';
    drawForm();
    $('user').focus();
  }

  /* why: a key of messages under which title and text stand. */
  function form(why, error) {
    self.padForget();
    way = 'password';
    self.say('form-title', self.text(why + '.title'));
    self.say('form-text', self.has(why + '.text') ? self.text(why + '.text') : '');
    self.say('sign-in-error', error || '');
    self.show('way', why === 'signin' && Boolean(self.about && self.about.name_pin));
    drawForm();
    self.screen('form', 'user');
    self.readBadges(swipe);
  }

  function pinPad(body, title) {
    self.pad({ title: title, text: self.text('pad.text'), other: self.text('pad.password'),
      onPin: function (pin) { send(body.user ? { user: body.user, pin: pin } : { badge: body.badge, pin: pin }); },
      onBack: function () { self.toIdle(); },
      onOther: function () { form('signin'); } });
    self.readBadges(swipe);
  }

  function submit(event) {
    var user = $('user').value.trim(), password = $('password').value, body;

    event.preventDefault();
    if (busy) { return; }
    if (!user || (way === 'password' && !password)) {
      self.say('sign-in-error', self.text(way === 'pin' ? 'signin.missing.user' : 'signin.missing'));
      $(user ? 'password' : 'user').focus();
      return;
    }
    self.say('sign-in-error', '');
    if (way === 'pin') { pinPad({ user: user }, self.text('pad.title')); return; }
    body = { user: user, password: password };
    if (handle) { body.register = handle; }
    send(body);
  }

  /* What the server says ------------------------------------------------------------------------------------------- */

  /* On the screen where the person is. */
  function complain(text) {
    if (self.at === 'pad') { self.padSays(text); return; }
    if (self.at === 'form') {
      self.say('sign-in-error', text);
      $('password').value = '';
      $(way === 'pin' ? 'user' : 'password').focus();
      return;
    }
    note(text, true);
  }

  var known = { 'directory-down': 'signin.directory-down', 'not-allowed': 'signin.not-allowed', busy: 'signin.busy-now' };

  function refused(status, answer, body) {
    var error = (answer && answer.error) || '';

    if (error === 'unknown-badge') { badge = ''; handle = answer.register; form('register'); return; }
    if (error === 'pin-wanted') { badge = body.badge; pinPad({ badge: badge }, self.text('pad.title')); return; }
    if (error === 'pin-none' || error === 'pin-locked') { badge = body.badge || ''; form(error); return; }
    if (error === 'no-panel') { self.toIdle(); self.askPrinter(); return; }
    if (error === 'too-often') {
      if (self.at === 'pad') { self.padWaits(answer.wait_s); } else { complain(self.count('signin.too-often', answer.wait_s)); }
    } else if (error === 'sign-in-refused') {
      complain(self.text(body.pin ? 'signin.refused.pin' : body.badge ? 'signin.refused.badge' : 'signin.refused'));
    } else {
      complain(self.text(known[error] || 'signin.no-answer'));
    }
    if (!self.session) { self.readBadges(swipe); }
  }

  function setBusy(yes) {
    busy = yes;
    drawIdle();
    drawForm();
  }

  function send(body) {
    if (busy) { return; }
    self.stopReading();
    setBusy(true);
    body.printer = self.printer;
    self.call('POST', 'session', body, function (status, answer) {
      setBusy(false);
      if (status === 200) {
        answer.by_badge = Boolean(badge || handle || body.badge);
        answer.too_late = Boolean(body.register && !answer.registered);
        self.clearDoor();
        self.enter(answer);
      } else {
        refused(status, answer, body);
      }
    });
  }

  function swipe(id) {
    if (busy || self.session || !self.about) { return; }
    self.clearDoor();
    note('');
    if (self.at !== 'idle') { self.screen('idle'); }
    send({ badge: id });
  }

  /* A person who went away leaves nothing typed. */
  function tick() {
    if (self.session) { return; }
    if ((self.at === 'form' || self.at === 'pad') && !busy && Date.now() - touchedMs > LEAVE_MS) { self.toIdle(); }
  }

  self.openDoor = function () {
    $('touch').onclick = function () { form('signin'); };
    $('idle').onclick = function (event) { /* anywhere but on a button */
      if (event.target.tagName !== 'BUTTON' && self.about && !busy) { form('signin'); }
    };
    $('sign-in').onsubmit = submit;
    $('form-back').onclick = function () { self.toIdle(); };
    $('way-password').onclick = function () { choose('password'); };
    $('way-pin').onclick = function () { choose('pin'); };
    ['keydown', 'mousedown', 'touchstart'].forEach(function (kind) {
      document.addEventListener(kind, function () { touchedMs = Date.now(); }, true);
    });
    document.addEventListener('keydown', function (event) {
      if (self.at === 'form' && event.keyCode === 27) { self.toIdle(); }
      if (event.target.getAttribute('role') === 'radio' && event.keyCode >= 37 && event.keyCode <= 40) {
        choose(way === 'pin' ? 'password' : 'pin');
      }
    });
    setInterval(tick, 1000);
    setInterval(function () { if (!self.session) { self.askPrinter(); } }, PRINTER_EVERY_MS);
    self.askPrinter();
    self.toIdle();
  };
}());
