/* SPDX-License-Identifier: Apache-2.0 */
/* mine: a person's own badges and PIN. A badge is named by when it came; its number is nowhere on the page. */
(function () {
  'use strict';

  var self = window.latchkey;
  var $ = self.$;

  function remove(badge) {
    self.ask({ name: 'badge', title: self.text('mine.remove.title'), text: self.text('mine.remove.text'), danger: true,
      yes: self.text('mine.remove'), no: self.text('mine.keep'), onNo: function () { self.openMine(''); },
      onYes: function () {
        self.call('DELETE', 'badges/' + badge.id, null, function (status) {
          if (status === 401) { self.leave('news.signed-out'); return; }
          self.openMine(self.text(status === 200 ? 'mine.removed' : 'mine.failed'));
        });
      } });
  }

  function row(badge, place) {
    return self.item('badge', self.text('mine.badge', { n: place + 1 }),
      self.text('mine.since.' + badge.source, { when: self.when(badge.registered_unix_ms) }),
      self.text('mine.remove'), function () { remove(badge); });
  }

  function drawBadges(badges) {
    $('badges').textContent = '';
    badges.forEach(function (badge, place) { $('badges').appendChild(row(badge, place)); });
    self.say('badges-none', badges.length ? '' : self.text('mine.none'));
  }

  function drawPin() {
    var may = Boolean(self.session.may.set_pin), pin = self.session.pin;

    self.say('pin-state', self.text('mine.pin.' + pin));
    self.say('pin-how', may ? '' : self.text('mine.pin.how'));
    self.say('pin-set', self.text(pin === 'none' ? 'mine.pin.choose' : 'mine.pin.change'));
    self.show('pin-set', may);
  }

  self.openMine = function (news) {
    drawPin();
    self.show('mine-others', Boolean(self.session.may.delegate_days));
    self.call('GET', 'badges', null, function (status, answer) {
      if (status === 401) { self.leave('news.signed-out'); return; }
      if (status !== 200) { self.news(self.text('mine.failed')); return; }
      drawBadges(answer.badges);
      self.openSheet('mine', 'mine', 'mine-title');
      self.news(news);
    });
  };

  /* Setting a PIN: twice, and the keyholder may find it too easy. */
  function keep(pin) {
    self.call('PUT', 'pin', { pin: pin }, function (status, answer) {
      var error = (answer && answer.error) || '';

      if (status === 401) { self.leave('news.signed-out'); return; }
      if (status === 200) {
        self.session.pin = 'set';
        self.toDesk();
        self.news(self.text('pin.done'));
        return;
      }
      self.choosePin(self.text(self.has('pin.refused.' + error) ? 'pin.refused.' + error : 'mine.failed'));
    });
  }

  function repeat(pin) {
    self.pad({ title: self.text('pin.again'), text: self.text('pin.again.text'), onBack: function () { self.choosePin(''); },
      onPin: function (second) {
        if (second === pin) { keep(pin); } else { self.choosePin(self.text('pin.differ')); }
      } });
  }

  self.choosePin = function (complaint, registered) {
    var least = self.session.pin_digits_least, text = self.count('pin.text', least);

    if (registered) { text = self.text('register.done') + ' ' + text; }
    self.pad({ title: self.text('pin.title'), text: text, least: least, onPin: repeat,
      other: self.text('pin.later'), onOther: self.toDesk, onBack: self.toDesk });
    self.padSays(complaint);
  };

  self.clearMine = function () {
    $('badges').textContent = '';
    ['badges-none', 'pin-state', 'pin-how'].forEach(function (id) { self.say(id, ''); });
  };

  self.bindMine = function () {
    $('to-mine').onclick = function () { self.openMine(''); };
    $('mine-close').onclick = self.closeSheet;
    $('pin-set').onclick = function () { self.closeSheet(); self.choosePin(''); };
  };
}());
