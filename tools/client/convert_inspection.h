// The entries of an inspection, from the contract's messages to the domain's own types.
#pragma once

#include "sceau/v1/inspection.pb.h"
#include "schemas/inspection.h"

namespace sceau::client {

schemas::DomainFacts FromWire(const v1::DomainFacts& facts);
schemas::Collectivite FromWire(const v1::Collectivite& collectivite);
schemas::Bordereau FromWire(const v1::Bordereau& bordereau);
schemas::PieceJustificative FromWire(const v1::PieceJustificative& piece);
schemas::SignatureFacts FromWire(const v1::SignatureFacts& facts);
schemas::BudgetFacts FromWire(const v1::BudgetAct& act);
schemas::Budget FromWire(const v1::Budget& budget);
schemas::ActeFacts FromWire(const v1::Acte& acte);
schemas::ActeFile FromWire(const v1::ActeFile& file);
schemas::AcquitElement FromWire(const v1::AcquitElement& element);
schemas::AcquitPiece FromWire(const v1::AcquitPiece& piece);
contents::PdfFacts FromWire(const v1::Pdf& pdf);
contents::PdfSignature FromWire(const v1::PdfSignature& signature);
contents::ZipMember FromWire(const v1::ZipMember& member);
schemas::Inspection FromWire(const v1::ContainedDocument& document);

}  // namespace sceau::client
