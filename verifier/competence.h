// Had the signer the power to sign? By the register of competences, or an extract of it beside the
// archive, at the best known time of the signature.
//
// A signature that is valid but of someone without competence is INDETERMINATE with
// SIG_CONSTRAINTS_FAILURE (ETSI EN 319 102-1 §5.1.3, table 6): its cryptography holds, the signer
// had no power to make it, or what must attest that did not travel.
#pragma once

#include "base/file.h"
#include "base/status.h"
#include "policy/decision.h"
#include "policy/register.h"
#include "schemas/sent_register.h"
#include "verifier/report.h"
#include "xades/certificate.h"

namespace sceau::verifier {

// The certificate as the register knows it.
policy::Signer CompetenceSignerOf(const xades::Certificate& certificate);

// Sets `competence` of each signature, adds its reasons, lowers a TOTAL_PASSED, and with it the
// verdict of the file. Judged at the time of the earliest stamp; without one at the claimed time,
// which anyone can write: a reason then says so, and power that is there at that time but no more at
// the validation time leaves the signature INDETERMINATE. Without either it is judged at the
// validation time. Everything the register holds counts as known.
// Of a signature without a certificate, or of something that is no bordereau and no whole
// document, nothing is said.
void JudgeCompetence(const policy::Register& facts, const policy::DocumentFacts& document,
                     FileReport& report);

// The same of a file: its facts are read anew, with what attests a piece outside the competence
// (verifier/justifications.h). `report` is Verify's with the attachments judged; of a document that
// names no budget the register says nothing. `sent` may be null. Errors: those of schemas::Inspect;
// kInputChanged when the file is not the one that was judged.
Status JudgeCompetence(const InputFile& file, const policy::Register& facts,
                       const schemas::SentRegister* sent, FileReport& report);

// The sentence of a reason that JudgeCompetence gave for a finding; empty for another.
std::string_view CompetenceText(std::string_view code, Lang lang);

}  // namespace sceau::verifier
