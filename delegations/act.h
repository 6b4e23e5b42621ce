// An act of delegation as a file: did the delegator sign it?
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/lang.h"
#include "base/status.h"
#include "policy/register.h"
#include "verifier/verifier.h"

namespace sceau::delegations {

enum class ActState {
  kNone,         // no act was given
  kUnsigned,     // it carries no signature
  kNotValid,     // none of its signatures is TOTAL_PASSED
  kPartial,      // a valid one does not cover the whole act
  kOtherSigner,  // no valid one is of who held the delegator's office when the act was signed
  kVerified,
};
std::string_view NameOf(ActState state);  // "VERIFIED", ...
std::optional<ActState> ActStateNamed(std::string_view name);
Text TextOf(ActState state);

struct Act {
  ActState state = ActState::kNone;
  std::string sha256;  // lower-case hexadecimal
};

// Both outlive what is asked of them.
struct ActFiles {
  const InputFile* act = nullptr;        // null: none was given
  const InputFile* signature = nullptr;  // an XML signature beside it; null: the act signs itself
  std::string name;                      // of the act, as the signature may name it
};

// The signer's certificate is bound to a person who, at the act's signed_at and by what the
// register now knows, holds the delegator's office.
StatusOr<Act> JudgeAct(const ActFiles& files, const policy::Delegation& delegation,
                       const policy::Register& facts, const verifier::VerifyOptions& options);

}  // namespace sceau::delegations
