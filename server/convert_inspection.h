// An inspection in the contract's messages.
#pragma once

#include "sceau/v1/inspection.pb.h"
#include "schemas/inspection.h"

namespace sceau::server {

// All but the lists.
v1::InspectedFile ToWireFile(const schemas::Inspection& inspection);

// Entries of the lists.
v1::Bordereau ToWire(const schemas::Bordereau& bordereau);
v1::PieceJustificative ToWire(const schemas::PieceJustificative& piece);
v1::SignatureFacts ToWire(const schemas::SignatureFacts& facts);
v1::Budget ToWire(const schemas::Budget& budget);
v1::ActeFile ToWire(const schemas::ActeFile& file);
v1::AcquitEntry ToWire(const schemas::AcquitElement& element);
v1::AcquitEntry ToWire(const schemas::AcquitPiece& piece);
v1::PdfSignature ToWire(const contents::PdfSignature& signature);
v1::ZipMember ToWire(const contents::ZipMember& member);

}  // namespace sceau::server
