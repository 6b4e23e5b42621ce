// The signing keys of a token, as far as a session can see them.
//
// A token hides its private objects before login (v2.40 §2.4); a key is then known by its public
// key or its certificate, with the same CKA_ID.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "hsm/public_key.h"
#include "hsm/session.h"
#include "hsm/tokens.h"

namespace sceau::hsm {

struct ListedKey {
  // With the certificate that belongs to the key; the most recent when it was renewed in place.
  KeyDescription description;
  std::optional<CK_OBJECT_HANDLE> handle;  // of the private key; nullopt: hidden
  std::vector<std::string> labels;         // of the key and of what bears its CKA_ID
};

struct KeyList {
  std::vector<ListedKey> keys;
  std::vector<std::string> certificates;  // DER: every X.509 certificate seen
  bool complete = false;                  // nothing is hidden from this session
};

// Errors: kTokenUnavailable, kTokenError.
StatusOr<KeyList> ListKeysOf(const Session& session, const CK_TOKEN_INFO& token);

}  // namespace sceau::hsm
