/* SPDX-License-Identifier: Apache-2.0 */
/* calls: the API (openapi.yaml), and hearing what happens: by an event stream, or by asking where there is none. */
(function () {
  'use strict';

  var self = window.latchkey;
  var WAIT_S = 25;           /* one long question */
  var AGAIN_MS = 2000;       /* after a failure */
  var STREAM_FAILURES = 3;   /* then this engine or the way to us has no use for streams */

  var aheadMs = 0; /* how far the panel's clock is ahead of the server's */

  self.serverNow = function () { return Date.now() - aheadMs; };

  function noteClock(request) {
    var date = Date.parse(request.getResponseHeader('Date') || '');
    if (date) { aheadMs = Date.now() - date; }
  }

  /* done(status, answer); status 0: no answer came. What somebody asked who has left meanwhile is nobody's any more:
     the next person at the panel is neither shown it nor signed out by it. */
  self.call = function (method, path, body, done) {
    var request = new XMLHttpRequest(), session = self.session;
    request.open(method, '/api/v1/' + path);
    request.timeout = 60000;
    if (method !== 'GET') {
      request.setRequestHeader('X-Latchkey', '1');
      request.setRequestHeader('Content-Type', 'application/json');
    }
    request.onloadend = function () {
      var answer = null;
      noteClock(request);
      if (session && session !== self.session) { return; }
      try { answer = JSON.parse(request.responseText); } catch (e) { answer = null; }
      if (done) { done(request.status, answer); }
    };
    request.send(body ? JSON.stringify(body) : null);
    return request;
  };

  /*
   * A panel that is being set up was opened with its token behind #, which browsers send to nobody. It becomes a cookie
   * before anything else is asked, which is why this one call waits for its answer, and leaves the address bar.
   */
  (function () {
    var token = window.location.hash.slice(1), request = new XMLHttpRequest();
    if (!/^[0-9a-f]{64}$/.test(token)) { return; }
    request.open('POST', '/api/v1/panel', false);
    request.setRequestHeader('X-Latchkey', '1');
    request.setRequestHeader('Content-Type', 'application/json');
    try { request.send(JSON.stringify({ token: token })); } catch (e) { return; } /* opened again, it works */
    window.history.replaceState(null, '', window.location.pathname);
  }());

  /*
   * Tell handlers what happens: jobs(answer of GET /jobs), job(one), gone(id), signedOut(), lost(), back().
   * Returns a function that ends it.
   */
  self.listen = function (handlers) {
    var ended = false, failures = 0, changes = 0, source = null, question = null, timer = 0;

    function data(event) { return JSON.parse(event.data); }

    function again(fn) {
      if (!ended) { timer = setTimeout(fn, AGAIN_MS); }
    }

    /* A stream does not say why it failed; asking once does. */
    function check() {
      self.call('GET', 'jobs', null, function (status, answer) {
        if (ended) { return; }
        if (status === 401) { handlers.signedOut(); return; }
        if (status === 200) { handlers.back(); handlers.jobs(answer); } else { handlers.lost(); }
        again(failures >= STREAM_FAILURES ? ask : stream);
      });
    }

    function stream() {
      if (ended) { return; }
      if (!window.EventSource) { ask(); return; }
      source = new window.EventSource('/api/v1/events');
      source.onopen = function () { failures = 0; handlers.back(); };
      source.onerror = function () {
        source.close();
        failures += 1;
        if (!ended) { check(); }
      };
      source.addEventListener('jobs', function (e) { handlers.jobs(data(e)); });
      source.addEventListener('job', function (e) { handlers.job(data(e)); });
      source.addEventListener('gone', function (e) { handlers.gone(data(e).id); });
      source.addEventListener('signed-out', function () { if (!ended) { handlers.signedOut(); } });
    }

    function ask() {
      if (ended) { return; }
      question = self.call('GET', 'events?wait=' + WAIT_S + '&since=' + changes, null, function (status, answer) {
        if (ended) { return; }
        if (status === 401) { handlers.signedOut(); return; }
        if (status !== 200) { handlers.lost(); again(ask); return; }
        handlers.back();
        changes = answer.changes;
        handlers.jobs(answer);
        ask();
      });
    }

    stream();
    return function () {
      ended = true;
      clearTimeout(timer);
      if (source) { source.close(); }
      if (question) { question.abort(); }
    };
  };
}());
