// C_SignInit and C_Sign in a loop on a token, from some threads: what the token alone makes.
#pragma once

#include <p11-kit/pkcs11.h>

#include <functional>
#include <string>

#include "base/openssl.h"

namespace sceau::bench {

// Ends the program with `what` unless it holds.
void Require(bool holds, const char* what);

struct BareToken {
  CK_FUNCTION_LIST_PTR p11 = nullptr;
  CK_SLOT_ID slot = 0;
  CK_SESSION_HANDLE holder = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  X509Handle certificate;
  bool ec = false;  // else RSA
};

// The token with this label and a single key; logs in with the PIN of the file. The module may be
// initialised and the user logged in already.
BareToken OpenBareToken(const char* module, const char* label, const char* pin_file);
// A message, signed in a session of this token; --check also verifies with OpenSSL.
void SignBare(const BareToken& token, CK_SESSION_HANDLE session, const std::string& message,
              bool check);
CK_SESSION_HANDLE OpenBareSession(const BareToken& token);

struct Rate {
  size_t signatures = 0;
  double seconds = 0;
  double rate() const { return static_cast<double>(signatures) / seconds; }
};
// Has every thread do `begin` once, then what it gives again and again, for so many seconds.
using Step = std::function<void(const std::string& message)>;
Rate Measure(int threads, double seconds, const std::function<Step()>& begin);
// Measures SignBare.
Rate MeasureBare(const BareToken& token, int threads, double seconds, bool check);

}  // namespace sceau::bench
