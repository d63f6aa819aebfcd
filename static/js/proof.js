// Proof of work on the review page: finds the number whose SHA-256 the server asked for (ALTCHA, protocol 1). The same file
// is the page's script and its worker's. Plain SHA-256: crypto.subtle is missing on http onion services, and slower for one
// short text after another. Written for old browsers; where no worker starts, the page counts a little at a time.
(function () {
  "use strict";

  var AT_A_TIME = 2000;
  var K = constants();

  if (typeof document === "undefined") {
    self.onmessage = function (event) {
      var search = searchFor(event.data);
      while (!search.step(AT_A_TIME)) { /* until it is found */ }
      self.postMessage(search.found);
    };
    return;
  }

  var place = document.getElementById("proof");
  var form = document.getElementById("review-form");
  var send = document.getElementById("send");
  if (!place || !form || !send || !place.getAttribute("data-challenge")) return;
  var challenge = JSON.parse(place.getAttribute("data-challenge"));
  var source = document.currentScript && document.currentScript.src;
  var isDone = false;
  var isWaiting = false;
  say("working");
  send.addEventListener("click", function (event) {
    if (isDone) return;
    event.preventDefault();
    isWaiting = true;
    say("waiting");
  });
  inWorker(source, finish, onPage);

  function say(what) {
    place.textContent = place.getAttribute("data-" + what);
  }

  function inWorker(address, done, otherwise) {
    try {
      var worker = new Worker(address);
      worker.onmessage = function (event) {
        worker.terminate();
        done(event.data);
      };
      worker.onerror = function () {
        worker.terminate();
        otherwise();
      };
      worker.postMessage(challenge);
    } catch (error) {
      otherwise();
    }
  }

  function onPage() {
    var search = searchFor(challenge);
    (function go() {
      if (search.step(AT_A_TIME)) finish(search.found);
      else setTimeout(go, 0);
    })();
  }

  function finish(number) {
    // Nothing was found only if the challenge is broken: then it goes without, as from a browser that has no script.
    if (number !== null) form.elements.altcha.value = payload(number);
    isDone = true;
    say("ready");
    if (isWaiting) send.click();
  }

  function payload(number) {
    return btoa(JSON.stringify({
      algorithm: challenge.algorithm,
      challenge: challenge.challenge,
      number: number,
      salt: challenge.salt,
      signature: challenge.signature
    }));
  }

  // Tries numbers from 0 up; `step(n)` tries n of them and says whether the search is over.
  function searchFor(asked) {
    var largest = Number(asked.maxnumber || asked.maxNumber || asked.max_number);
    var search = { found: null, next: 0, step: step };
    return search;

    function step(count) {
      for (var end = search.next + count; search.next < end; search.next++) {
        if (search.next > largest) return true;
        if (sha256(asked.salt + search.next) === asked.challenge) {
          search.found = search.next;
          return true;
        }
      }
      return false;
    }
  }

  // FIPS 180-4, of a text in ASCII; hexadecimal.
  function sha256(text) {
    var length = text.length;
    var size = ((length + 8) >> 6) + 1;
    var words = new Int32Array(size * 16);
    for (var at = 0; at < length; at++) words[at >> 2] |= text.charCodeAt(at) << (24 - (at & 3) * 8);
    words[length >> 2] |= 128 << (24 - (length & 3) * 8);
    words[size * 16 - 1] = length * 8;
    var hash = new Int32Array(K.first);
    for (var block = 0; block < size; block++) mix(hash, words, block * 16);
    var hex = "";
    for (var each = 0; each < 8; each++) hex += ("0000000" + (hash[each] >>> 0).toString(16)).slice(-8);
    return hex;
  }

  function mix(hash, words, from) {
    var w = K.schedule;
    var a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4], f = hash[5], g = hash[6], h = hash[7];
    for (var i = 0; i < 64; i++) {
      if (i < 16) {
        w[i] = words[from + i];
      } else {
        var x = w[i - 15], y = w[i - 2];
        var s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        var s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
      }
      var t1 = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) +
        ((e & f) ^ (~e & g)) + K.rounds[i] + w[i]) | 0;
      var t2 = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) +
        ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    hash[0] += a; hash[1] += b; hash[2] += c; hash[3] += d;
    hash[4] += e; hash[5] += f; hash[6] += g; hash[7] += h;
  }

  // The first 32 bits of the fractional parts of the roots of the first primes: of 8 square ones, of 64 cube ones.
  function constants() {
    var first = [], rounds = [];
    for (var n = 2; rounds.length < 64; n++) {
      if (!isPrime(n)) continue;
      if (first.length < 8) first.push((fraction(Math.pow(n, 1 / 2)) * 4294967296) | 0);
      rounds.push((fraction(Math.pow(n, 1 / 3)) * 4294967296) | 0);
    }
    return { first: new Int32Array(first), rounds: new Int32Array(rounds), schedule: new Int32Array(64) };
  }

  function isPrime(n) {
    for (var by = 2; by * by <= n; by++) if (n % by === 0) return false;
    return true;
  }

  function fraction(value) {
    return value - Math.floor(value);
  }
})();
