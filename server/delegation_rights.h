// Whose a record of the register of competences is, and who may see or change it.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "policy/register.h"
#include "server/caller.h"

namespace sceau::server {

// Ids of the collectivités that the record touches. Of a person and of a certificate: those where
// the person holds an office or a delegation; none: of a person who has neither yet.
std::vector<std::string> CollectivitesOf(const policy::Register& facts,
                                         const policy::Record& record);

// Role and every collectivité it touches; of a budget its SIRET too, since whoever names it decides
// whose documents are meant. `after` has the record; who is within is told by `before`, since
// nobody comes in by what he adds. Error kCallerNotAllowed.
Status MayChange(const Caller& caller, const policy::Register& before,
                 const policy::Register& after, const policy::Record& record);

// Of a manager or an auditor: one collectivité it touches, or none that it could.
bool MaySee(const Caller& caller, const policy::Register& facts, const policy::Record& record);

// About the competence to sign a document of this budget. Of one that the register does not know
// the SIRET decides, see RequireWithin. Error kCallerNotAllowed.
Status MayAskAbout(const Caller& caller, const policy::Register& facts, const std::string& siret);

}  // namespace sceau::server
