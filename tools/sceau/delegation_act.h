// An act of delegation as a file: did the delegator sign it?
#pragma once

#include <string>

#include "base/lang.h"
#include "base/status.h"
#include "policy/register.h"
#include "tools/sceau/config.h"
#include "verifier/verifier.h"

namespace sceau::cli {

enum class ActState {
  kNone,         // no act was given
  kUnsigned,     // it carries no signature
  kNotValid,     // none of its signatures is TOTAL_PASSED
  kPartial,      // a valid one does not cover the whole act
  kOtherSigner,  // no valid one is of who held the delegator's office when the act was signed
  kVerified,
};
std::string_view NameOf(ActState state);  // "VERIFIED", ...
Text TextOf(ActState state);

struct Act {
  ActState state = ActState::kNone;
  std::string sha256;  // lower-case hexadecimal
};

// What signs it: the act itself, or (not empty) an XML signature beside it.
struct ActFiles {
  std::string act, signature;
};

// The signer's certificate is bound to a person who, at the act's signed_at and by what the
// register now knows, holds the delegator's office.
StatusOr<Act> JudgeAct(const ActFiles& files, const policy::Delegation& delegation,
                       const policy::Register& facts, const verifier::VerifyOptions& options,
                       int64_t max_size);

// The anchors (`trust`, else the configuration's), lists of revocation and instant of a judgement.
StatusOr<verifier::VerifyOptions> ActJudgement(const std::vector<std::string>& trust,
                                               const Config& config);

}  // namespace sceau::cli
