// Makes a key pair inside a token (C_GenerateKeyPair), from which the private half never comes
// out.
#pragma once

#include "base/status.h"
#include "hsm/key_store.h"
#include "hsm/object_template.h"
#include "hsm/session.h"

namespace sceau::hsm {

// RSA of 2048, 3072 or 4096 bits, or EC of 256 or 384. `session` is read-write and logged in.
// A token that makes the key otherwise than it was asked to (not sensitive, extractable, gone with
// the session) keeps nothing of it.
// Errors: kAlgorithmRefused (another type or size), kTokenUnavailable, kTokenError.
Status GenerateKey(const Session& session, const NewKey& key);

// What every private key made or imported here is: it signs, and stays in the token.
ObjectTemplate PrivateKeyTemplate(const NewKey& key);
ObjectTemplate PublicKeyTemplate(const NewKey& key);
// Error kTokenError, naming the attribute, when the private key is not what was asked for.
Status CheckStaysInside(const Session& session, CK_OBJECT_HANDLE private_key);

}  // namespace sceau::hsm
