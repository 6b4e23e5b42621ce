#!/usr/bin/python3
"""A small client of Sceau: signs and verifies over gRPC, prints the reason of every refusal.

Needs Debian's python3-grpcio, python3-protobuf, protobuf-compiler and protobuf-compiler-grpc. Run
it with /usr/bin/python3: another python on the path may not have them.

    sceau_client.py --server 127.0.0.1:50051 sign IN OUT [--key NAME] [--role TEXT] ...
    sceau_client.py --server 127.0.0.1:50051 verify FILE
    sceau_client.py --server 127.0.0.1:50051 desk IN OUT --certificate CARD.der --card-key KEY.pem ...

`desk` signs with a key of this machine: the service prepares and completes. A program for a real
card asks its PKCS#11 module where this one runs openssl.
"""

import argparse
import base64
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import uuid
import xml.etree.ElementTree as ET

import grpc

CHUNK = 1 << 20  # bytes; the contract's limit
PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
TRIES = 4


def make_stubs(folder):
    """Compiles the contract into `folder` and makes it importable."""
    files = sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))
    subprocess.run(
        ["protoc", "-I", str(PROTO), f"--python_out={folder}", f"--grpc_python_out={folder}",
         "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin", *files],
        check=True)
    sys.path.insert(0, str(folder))
    import google  # already a package of its own: google.rpc joins it
    google.__path__.append(str(pathlib.Path(folder) / "google"))


def describe(error):
    """The reason of a failed call and the error's fields (google.rpc.ErrorInfo)."""
    from google.rpc import error_details_pb2, status_pb2
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        for detail in status_pb2.Status.FromString(value).details:
            info = error_details_pb2.ErrorInfo()
            if detail.Unpack(info) and info.domain == "sceau":
                return info.reason, dict(info.metadata)
    # Without ErrorInfo it was not the service that answered.
    unreachable = error.code() == grpc.StatusCode.UNAVAILABLE
    return "SERVICE_UNAVAILABLE" if unreachable else error.code().name, {"detail": error.details()}


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as document:
        while piece := document.read(CHUNK):
            digest.update(piece)
    return digest.digest()


def upload(path, request, header):
    """Header, chunks, end."""
    yield request(header=header)
    with open(path, "rb") as document:
        while piece := document.read(CHUNK):
            yield request(chunk=piece)
    yield request(end={})


def parameters_of(arguments):
    from sceau.v1 import signing_pb2 as pb
    selection = (pb.Selection(whole={}) if arguments.whole else
                 pb.Selection(listed={"refs": arguments.bordereau}) if arguments.bordereau else
                 pb.Selection(all={}))
    return pb.SignatureParameters(
        profile=arguments.profile, selection=selection, role=arguments.role, city=arguments.city,
        postal_code=arguments.postal_code, country=arguments.country,
        set_dematerialisee=arguments.set_dematerialisee)


def document_of(arguments):
    return {"size": os.path.getsize(arguments.input), "sha256": sha256_of(arguments.input)}


def undone(signed, edits):
    """The document before the edits."""
    for edit in sorted(edits, key=lambda it: it.output_offset, reverse=True):
        end = edit.output_offset + edit.inserted_size
        signed = signed[:edit.output_offset] + edit.removed + signed[end:]
    return signed


def receive(answers, arguments):
    """A signed document as it comes. True when it is at OUT; nothing is there otherwise."""
    digest, size, trailer, edits = hashlib.sha256(), 0, None, []
    folder = os.path.dirname(os.path.abspath(arguments.output))
    with tempfile.NamedTemporaryFile(dir=folder) as partial:
        for answer in answers:
            kind = answer.WhichOneof("message")
            if kind == "accepted":
                print("request", answer.accepted.request_id,
                      "(stored answer)" if answer.accepted.replayed else "")
            elif kind == "progress":
                print(f"signed {answer.progress.of} {answer.progress.done}/{answer.progress.total}")
            elif kind == "chunk":
                partial.write(answer.chunk)
                digest.update(answer.chunk)
                size += len(answer.chunk)
            elif kind == "edits":
                edits.extend(answer.edits.edits)
            elif kind == "trailer":
                trailer = answer.trailer
        # The document counts only with its trailer.
        if trailer is None or trailer.size != size or trailer.sha256 != digest.digest():
            return False
        partial.flush()
        os.fsync(partial.fileno())
        before = undone(pathlib.Path(partial.name).read_bytes(), edits)
        if hashlib.sha256(before).digest() != sha256_of(arguments.input):
            return False
        os.link(partial.name, arguments.output)  # fails when OUT exists: nothing is overwritten
    print("audit", trailer.audit_id)
    return True


def sign_once(channel, arguments, key):
    from sceau.v1 import signing_pb2 as pb
    from sceau.v1 import signing_pb2_grpc
    header = pb.SignHeader(idempotency_key=key, document=document_of(arguments),
                           parameters=parameters_of(arguments), key=arguments.key)
    answers = signing_pb2_grpc.SigningServiceStub(channel).Sign(
        upload(arguments.input, pb.SignRequest, header), timeout=arguments.timeout)
    return receive(answers, arguments)


def sign(channel, arguments):
    # One key per intended signing, kept for every retry: then nothing is ever signed twice.
    key = arguments.idempotency_key or str(uuid.uuid4())
    again = {"OVERLOADED", "TOKEN_BUSY", "TOKEN_UNAVAILABLE", "SERVICE_UNAVAILABLE",
             "IDEMPOTENCY_IN_PROGRESS"}
    for attempt in range(1, TRIES + 1):
        try:
            if sign_once(channel, arguments, key):
                return 0
            reason, fields = "ANSWER_INCOMPLETE", {}
        except grpc.RpcError as error:
            reason, fields = describe(error)
            if reason not in again:
                return fail(reason, fields)
        if attempt == TRIES:
            return fail(reason, fields)
        time.sleep(2 * attempt)
    return 1


def digest_of_bordereau(path, identifier):
    """SHA-256 of its canonical form. It has no namespace and no signature yet, so every canonical
    form is the same, and an Id: one that is to be given is not handled here."""
    document = pathlib.Path(path).read_bytes()
    declared = re.match(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)", document)
    text = document.decode(declared.group(1).decode() if declared else "utf-8")
    start = re.search(r"<Bordereau\b[^>]*\bId=\"" + re.escape(identifier) + '"', text).start()
    end = text.index("</Bordereau>", start) + len("</Bordereau>")
    return hashlib.sha256(ET.canonicalize(text[start:end]).encode()).digest()


def difference(arguments, preparation, targets, certificate):
    """What the service asks to be signed that this file and these arguments do not say; None."""
    if abs(preparation.signing_time.seconds - time.time()) > 300:
        return "signing time"
    if arguments.bordereau and [it.of for it in targets] != arguments.bordereau:
        return "bordereaux"
    for target in targets:
        info, claims = target.signed_info.decode(), target.signed_properties.decode()
        elements = [digest_of_bordereau(arguments.input, target.of),
                    hashlib.sha256(target.signed_properties).digest()]
        said = re.findall(r"<ds:Reference [^>]*URI=\"#([^\"]*)\"|<ds:DigestValue>([^<]*)<", info)
        names = [name for name, value in said if name]
        values = [base64.b64decode(value) for name, value in said if value]
        if len(names) != 2 or names[0] != target.of or values != elements:
            return f"{target.of}: references"
        if target.signature_method != "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256":
            return f"{target.of}: algorithm"
        texts = [it.text for it in ET.fromstring(claims).iter()]
        wanted = [arguments.role, arguments.city, arguments.postal_code, arguments.country,
                  base64.b64encode(hashlib.sha256(certificate).digest()).decode()]
        if any(text not in texts for text in wanted):
            return f"{target.of}: claims"
    return None


def desk(channel, arguments):
    from sceau.v1 import signing_pb2 as pb
    from sceau.v1 import signing_pb2_grpc
    service = signing_pb2_grpc.SigningServiceStub(channel)
    key = arguments.idempotency_key or str(uuid.uuid4())
    certificate = pathlib.Path(arguments.certificate).read_bytes()
    header = pb.PrepareHeader(idempotency_key=key, document=document_of(arguments),
                              parameters=parameters_of(arguments), certificates=[certificate])
    try:
        preparation, targets, end = None, [], None
        for answer in service.Prepare(upload(arguments.input, pb.PrepareRequest, header),
                                      timeout=arguments.timeout):
            kind = answer.WhichOneof("message")
            if kind == "preparation":
                preparation = answer.preparation
            elif kind == "target":
                targets.append(answer.target)
            elif kind == "end":
                end = answer.end
        if preparation is None or end is None or end.targets != len(targets):
            return fail("ANSWER_INCOMPLETE", {})
        complete = [pb.CompleteRequest(header={"preparation_id": preparation.preparation_id})]
        # Nothing of it is believed. Here a person would also be shown what is signed, and asked.
        what = difference(arguments, preparation, targets, certificate)
        if what is not None:
            complete.append(pb.CompleteRequest(decline={"reason": f"PREPARATION_DIFFERS {what}"}))
            service.Complete(iter(complete), timeout=arguments.timeout)
            return fail("PREPARATION_DIFFERS", {"detail": what})
        for target in targets:
            value = subprocess.run(["openssl", "dgst", "-sha256", "-sign", arguments.card_key],
                                   input=target.signed_info, stdout=subprocess.PIPE, check=True)
            complete.append(pb.CompleteRequest(
                signature={"index": target.index, "value": value.stdout}))
            print("signed", target.of)
        # Lost answers: GetResult by the idempotency key tells whether it was completed.
        request = service.Complete(iter(complete), timeout=arguments.timeout).request_id
        answers = service.GetResult(pb.GetResultRequest(request_id=request),
                                    timeout=arguments.timeout)
        return 0 if receive(answers, arguments) else fail("OUTPUT_CHECK_FAILED", {})
    except grpc.RpcError as error:
        return fail(*describe(error))


def verify(channel, arguments):
    from sceau.v1 import verification_pb2 as pb
    from sceau.v1 import verification_pb2_grpc
    header = pb.VerifyHeader(document={"sha256": sha256_of(arguments.input)})
    summary = None
    try:
        for answer in verification_pb2_grpc.VerificationServiceStub(channel).Verify(
                upload(arguments.input, pb.VerifyRequest, header), timeout=arguments.timeout):
            kind = answer.WhichOneof("message")
            if kind == "signature":
                signature = answer.signature
                print(signature.of, pb.Indication.Name(signature.indication),
                      signature.sub_indication)
                for reason in signature.reasons:
                    print("  reason", reason.code, reason.detail)
            elif kind == "remarks":
                for element in answer.remarks.unsigned_elements:
                    print(element.of, "unsigned", pb.UnsignedWhy.Name(element.why))
            elif kind == "attachment":
                part = answer.attachment
                if part.HasField("file"):
                    attachment = part.file.id
                elif part.HasField("summary"):
                    print("attachment", attachment, pb.Verdict.Name(part.summary.verdict))
            elif kind == "summary":
                summary = answer.summary
    except grpc.RpcError as error:
        return fail(*describe(error))
    if summary is None:
        return fail("ANSWER_INCOMPLETE", {})
    print(pb.Verdict.Name(summary.verdict).removeprefix("VERDICT_"), summary.refusal.reason)
    return 0 if summary.verdict == pb.VERDICT_TOTAL_PASSED else 1


def fail(reason, fields):
    print(reason, *(f"{name}={value}" for name, value in sorted(fields.items())), file=sys.stderr)
    return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default="127.0.0.1:50051", metavar="HOST:PORT")
    parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS")
    parser.add_argument("--stubs", metavar="DIR", help="where generated code goes; default: a "
                        "temporary folder")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name in ("sign", "desk"):
        verb = verbs.add_parser(name)
        verb.add_argument("input", metavar="IN")
        verb.add_argument("output", metavar="OUT")
        verb.add_argument("--whole", action="store_true")
        verb.add_argument("--bordereau", action="append", metavar="REF")
        verb.add_argument("--set-dematerialisee", action="store_true")
        for text in ("profile", "role", "city", "postal-code", "country", "idempotency-key"):
            verb.add_argument(f"--{text}", default="")
        if name == "sign":
            verb.add_argument("--key", default="")
        else:
            verb.add_argument("--certificate", required=True, metavar="DER")
            verb.add_argument("--card-key", required=True, metavar="PEM")
    verb = verbs.add_parser("verify")
    verb.add_argument("input", metavar="FILE")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        stubs = pathlib.Path(arguments.stubs or temporary)
        stubs.mkdir(parents=True, exist_ok=True)
        make_stubs(stubs)
        options = [("grpc.enable_http_proxy", 0)]
        with grpc.insecure_channel(arguments.server, options=options) as channel:
            return {"sign": sign, "desk": desk, "verify": verify}[arguments.verb](channel, arguments)


if __name__ == "__main__":
    sys.exit(main())
