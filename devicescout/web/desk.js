/* SPDX-License-Identifier: Apache-2.0 */
/* desk: a person's jobs: choose, release, delete, and what becomes of them. */
(function () {
  'use strict';

  var self = window.latchkey;
  var $ = self.$;

  /* One's own first, then by whose they are; the newest of each on top. */
  function inOrder(a, b) {
    return whose(a).localeCompare(whose(b)) || b.created - a.created || (a.id < b.id ? -1 : 1);
  }

  function whose(job) { return job.owner || ''; }

  function sorted(which) {
    var jobs = self.session.jobs;
    return Object.keys(jobs).map(function (id) { return jobs[id]; }).filter(which || Boolean).sort(inOrder);
  }

  /* What "all" means: one's own that were not printed yet; only where there are none of these, whatever can be printed. */
  function choosable() {
    var fresh = sorted(function (job) { return self.mayRelease(job) && !job.owner && !job.kept; });
    return fresh.length ? fresh : sorted(self.mayRelease);
  }

  function chosen() {
    return sorted(function (job) { return self.session.chosen[job.id] && self.mayRelease(job); });
  }

  function choose(id, yes) {
    if (yes) { self.session.chosen[id] = true; } else { delete self.session.chosen[id]; }
    self.draw();
  }

  /* Drawing ------------------------------------------------------------------------------------------------------ */

  function head(owner) {
    var heads = self.session.heads, li = heads[owner], words;

    if (!li) {
      li = heads[owner] = self.make('li', 'owner');
      words = document.createElement('h2');
      words.textContent = owner ? self.text('list.of', { person: owner }) : self.text('list.own');
      li.appendChild(words);
    }
    return li;
  }

  /* The rows, under heads where there are jobs of more than oneself. */
  function elements() {
    var session = self.session, last = null, out = [];
    var jobs = sorted(), mixed = jobs.some(function (job) { return job.owner; });

    jobs.forEach(function (job) {
      var row = session.rows[job.id] = session.rows[job.id] || self.row(job.id, choose);
      self.fill(row, job, Boolean(session.chosen[job.id]) && self.mayRelease(job));
      if (mixed && whose(job) !== last) { out.push(head(whose(job))); }
      last = whose(job);
      out.push(row.element);
    });
    return out;
  }

  self.draw = function () {
    var list = $('jobs'), wanted = elements();

    wanted.forEach(function (element, place) {
      if (list.children[place] !== element) { list.insertBefore(element, list.children[place] || null); }
    });
    while (list.children.length > wanted.length) { list.removeChild(list.lastChild); }
    self.show('empty', self.session.listed && wanted.length === 0);
    drawFooter();
    drawProgress();
  };

  function isWaiting(job) { return job.state === 'waiting'; }

  function drawFooter() {
    var all = choosable().length, some = chosen().length;
    var others = chosen().some(function (job) { return job.owner; });

    $('select-all').checked = some > 0 && some === all;
    $('select-all').disabled = all === 0;
    self.say('select-all-text', some ? self.count('list.chosen', some) : all ? self.count('list.all', all) : '');
    $('select-all').parentNode.style.visibility = all ? 'visible' : 'hidden';
    self.say('release', some ? self.count('release', some) : all > 1 ? self.text('release.all', { n: all }) :
      self.text('release.none'));
    $('release').disabled = all === 0;
    $('delete').disabled = some === 0 || others; /* whose it is deletes it */
    self.say('options-text', self.text(self.optionsChanged(self.session.options) ? 'options.button.changed' : 'options.button'));
    $('options').disabled = all === 0;
  }

  /* How far the releases of this sign-in have come, all together. */
  function drawProgress() {
    var jobs = self.session.released.map(function (id) { return self.session.jobs[id]; }).filter(Boolean);
    var n = jobs.length, moving = jobs.filter(self.isOnItsWay).length;
    var printed = jobs.filter(function (job) { return job.state === 'delivered'; });
    var sure = printed.every(function (job) { return job.confirmed && job.impressions; });
    var pages = printed.reduce(function (sum, job) { return sum + (job.impressions || 0); }, 0);
    var wrong = n - moving - printed.length, stuck = jobs.filter(self.isStuck)[0];
    var text = stuck ? self.how(stuck) : moving ? self.text(n > 1 ? 'progress.moving' : 'how.delivering', { done: n - moving, n: n }) :
      wrong ? (n > 1 ? self.text('progress.wrong', { done: printed.length, n: n }) : self.how(jobs[0])) :
      sure ? self.count('how.delivered.pages', pages) : self.count('progress.done', n);

    self.show('cancel', jobs.some(isWaiting));
    self.show('progress', n > 0);
    if (n === 0) { return; }
    $('progress').className = 'progress ' + (stuck ? 'wrong' : moving ? 'moving' : wrong ? 'wrong' : 'done');
    self.icon($('progress-icon'), stuck ? 'warning' : moving ? 'printer' : wrong ? 'warning' : 'check');
    $('progress-bar').style.width = Math.round(100 * (n - moving) / n) + '%';
    self.say('progress-text', text);
  }

  /* What the server tells ---------------------------------------------------------------------------------------- */

  function remove(id) {
    var session = self.session;
    delete session.rows[id];
    delete session.jobs[id];
    delete session.chosen[id];
  }

  self.takeOne = function (job) {
    self.session.jobs[job.id] = job;
    if (!self.mayRelease(job)) { delete self.session.chosen[job.id]; }
    self.draw();
  };

  self.drop = function (id) {
    remove(id);
    self.draw();
  };

  /* A swipe has released what it could: its progress is seen at once, and what stays held is said. */
  function tellFast(jobs) {
    var fast = self.session.fast, held = fast.held.map(function (job) { return job.id; });

    self.session.released = jobs.filter(function (job) {
      return !job.owner && held.indexOf(job.id) < 0 && (job.state !== 'held' || job.problem !== 'none');
    }).map(function (job) { return job.id; });
    if (held.length) { self.news(self.count('fast.held', held.length)); }
  }

  self.takeAll = function (answer) {
    var here = {}, session = self.session, jobs = answer.jobs;

    if (!session.listed && session.fast) { tellFast(jobs); }
    session.listed = true;
    jobs.forEach(function (job) { here[job.id] = job; });
    Object.keys(session.jobs).forEach(function (id) { if (!here[id]) { remove(id); } });
    session.jobs = here;
    self.say('more', answer.more ? self.count('list.more', answer.more) : '');
    self.draw();
  };

  /* What is done with jobs --------------------------------------------------------------------------------------- */

  /* Ask for one password after another; done(those that were given), which leaves out the jobs of the others. */
  function askPasswords(jobs, passwords, done) {
    var job = jobs[0];

    if (!self.session) { return; }
    if (!job) { done(passwords); return; }
    self.ask({ name: 'password', title: self.text('password.title', { title: job.title || self.text('job.untitled') }),
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

  function released(ids, refused) {
    var session = self.session;
    var not = refused.map(function (r) { return r.id; });

    session.chosen = {};
    session.options = self.plainOptions();
    session.released = session.released.filter(function (id) {
      return session.jobs[id] && self.isOnItsWay(session.jobs[id]) && ids.indexOf(id) < 0;
    }).concat(ids.filter(function (id) { return not.indexOf(id) < 0; }));
    if (refused.length) { self.news(refusal(refused)); }
  }

  /* In the order in which they were printed: the last one comes to lie on top. */
  function sendRelease(jobs, passwords) {
    var ids = jobs.map(function (job) { return job.id; }).reverse();
    var body = { jobs: ids, options: self.optionsForCall(self.session.options), passwords: passwords };

    if (self.session.options.keep) { body.keep = true; }
    if (!ids.length) { return; }
    $('release').disabled = true;
    self.call('POST', 'release', body, function (status, answer) {
      if (status === 401) { self.leave('news.signed-out'); return; }
      if (status === 202) { released(ids, answer.refused); } else { self.news(self.text('release.failed')); }
      self.draw();
    });
  }

  /* What has no order yet is held again. */
  function cancel() {
    var ids = self.session.released.filter(function (id) {
      return self.session.jobs[id] && isWaiting(self.session.jobs[id]);
    });

    if (!ids.length) { return; }
    self.call('POST', 'withdraw', { jobs: ids }, function (status, answer) {
      if (status === 401) { self.leave('news.signed-out'); return; }
      if (status !== 200) { self.news(self.text('release.failed')); return; }
      ids = ids.filter(function (id) { return !answer.refused.some(function (r) { return r.id === id; }); });
      self.session.released = self.session.released.filter(function (id) { return ids.indexOf(id) < 0; });
      if (answer.refused.length) { self.news(self.text('cancel.late')); }
      self.draw();
    });
  }

  function removeJobs(jobs) {
    var left = jobs.length, deleted = 0;

    jobs.forEach(function (job) {
      self.call('DELETE', 'jobs/' + job.id, null, function (status) {
        if (status === 200) { deleted += 1; remove(job.id); }
        left -= 1;
        if (left === 0) {
          self.news(deleted === jobs.length ? self.count('delete.done', deleted) : self.text('delete.failed'));
          self.draw();
        }
      });
    });
  }

  function askToDelete() {
    var jobs = chosen();

    self.ask({ name: 'delete', title: self.count('delete.title', jobs.length), text: self.text('delete.text'), danger: true,
      yes: self.text('delete.button'), no: self.text('delete.keep'), onYes: function () { removeJobs(jobs); } });
  }

  self.toDesk = function () {
    self.padForget();
    self.screen('desk', 'list');
    self.draw();
  };

  self.clearDesk = function () {
    $('jobs').textContent = '';
    ['person', 'desk-printer', 'question-title', 'question-text', 'progress-text', 'more'].forEach(function (id) { self.say(id, ''); });
    self.show('empty', false);
    self.show('progress', false);
  };

  self.bindDesk = function () {
    $('release').onclick = release;
    $('delete').onclick = askToDelete;
    $('cancel').onclick = cancel;
    $('select-all').onchange = function () {
      var yes = this.checked;
      self.session.chosen = {};
      if (yes) { choosable().forEach(function (job) { self.session.chosen[job.id] = true; }); }
      self.draw();
    };
  };
}());
