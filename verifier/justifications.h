// What travels with a PES to attest a supporting document that its signer is not competent for
// (policy::Justification), and which acts of delegation earlier files carried.
//
// A document stands for another when one mandat or titre refers to both. What is found:
//   - a document in the file whose own signature covers it whole and is TOTAL_PASSED; it stands for
//     itself too;
//   - one of which @CTES acknowledged the transmission: an ARActe among the attachments names it
//     (ActeRecu/Document/NomFichier is its NomPJ);
//   - one that is not in the file and was attested when an earlier file was signed here.
// Whether the signer of the first was competent, and the others are decisions, the register of
// competences says (policy/decide.h).
#pragma once

#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "policy/decision.h"
#include "schemas/pes.h"
#include "schemas/sent_register.h"
#include "verifier/report.h"

namespace sceau::verifier {

// Beyond these the others do not count.
inline constexpr size_t kMaxJustifications = 100'000;
inline constexpr int64_t kMaxReceipt = 1 << 20;  // bytes of an ARActe
inline constexpr size_t kMaxReceipts = 1000;     // XML attachments that are looked at

// Adds them to `document`, which is of `pes`; `pes` was read of `file`, contents included.
// `attachments`: what VerifyAttachments found in the same file; one that is of other bytes does not
// count. `sent` may be null. Errors: those of schemas::ReadContents.
Status AddJustifications(const InputFile& file, const schemas::PesFacts& pes,
                         const std::vector<FileReport>& attachments,
                         const schemas::SentRegister* sent, policy::DocumentFacts& document);

}  // namespace sceau::verifier
