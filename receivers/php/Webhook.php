<?php

declare(strict_types=1);

namespace Ringback;

use Closure;
use RuntimeException;

// Verifies the webhooks of Ringback, and of SharpAPI, and gives their events.
//
// For this alone it is the one file to copy, for PHP 8.1 and newer, without dependencies; Receiver.php beside it receives with it.

/**
 * Which signature has to be right. `Standard`: webhook-signature, which also binds the delivery id and the time.
 * `XSignature`: X-Signature, which binds the body alone, so that a recorded request can be sent again at any time.
 * `Either`: the first where it is sent, else the second.
 */
enum Scheme: string
{
    case Standard = 'standard';
    case XSignature = 'x-signature';
    case Either = 'either';
}

/** Why a request is no webhook of yours. `getCode()` is such as `signature.mismatch`; the message holds no secret. */
final class WebhookVerificationError extends RuntimeException
{
    public function __construct(string $code, string $message)
    {
        parent::__construct($message);
        $this->code = $code;
    }
}

/** What failed, of a failed job. */
final class JobError
{
    public function __construct(public readonly string $code, public readonly string $message)
    {
    }
}

/**
 * The body of a verified webhook. Finished jobs have a `status`; events about your webhooks (`webhook.failing`,
 * `webhook.recovered`, `webhook.disabled`, `delivery.failed`) have `data` instead.
 */
final class WebhookEvent
{
    /** The type of the job, or of the event. */
    public readonly string $type;
    /** `success` or `failed`; null when no job has finished. */
    public readonly ?string $status;
    /** The job id, as it was in the answer to the dispatch. */
    public readonly ?string $id;
    /** Only of a failed job. */
    public readonly ?JobError $error;
    /** Only when the webhook includes results; objects are arrays. */
    public readonly mixed $result;
    /** Where to fetch a result that was too large to include. */
    public readonly ?string $resultUrl;
    /** What happened to which webhook, by name. */
    public readonly ?array $data;

    /** @param array<string, mixed> $json the whole body, with what newer servers may send */
    public function __construct(public readonly array $json)
    {
        $this->type = $json['type'];
        $this->status = self::text($json['status'] ?? null);
        $this->id = self::text($json['id'] ?? null);
        $error = $json['error'] ?? null;
        $this->error = is_array($error)
            ? new JobError(self::text($error['code'] ?? null) ?? '', self::text($error['message'] ?? null) ?? '')
            : null;
        $this->result = $json['result'] ?? null;
        $this->resultUrl = self::text($json['result_url'] ?? null);
        $this->data = is_array($json['data'] ?? null) ? $json['data'] : null;
    }

    private static function text(mixed $value): ?string
    {
        return is_string($value) ? $value : null;
    }
}

/** An event, and the id that is the same for each attempt of its delivery: with X-Signature the signature itself. */
final class VerifiedWebhook
{
    public function __construct(public readonly WebhookEvent $event, public readonly string $deliveryId)
    {
    }
}

/** Verifies webhooks; what they are received with is `Receiver`. */
final class Webhook
{
    /** How far the clocks of sender and receiver may differ: what the Standard Webhooks libraries allow. */
    public const TOLERANCE_SECONDS = 300;

    /** Deeper than any result of Ringback (256 levels), and as deep as PHP reads without being told. */
    private const DEPTH_MAX = 512;

    /**
     * Verifies a webhook and gives its event.
     *
     * @param mixed $body exactly what was received, a string; never what a parser made
     * @param array<string, string|list<string>> $headers names in any case
     * @param string|list<string>|null $secrets
     * @throws WebhookVerificationError with a code that says why not
     */
    public static function verify(
        mixed $body,
        array $headers,
        string|array|null $secrets,
        Scheme $scheme = Scheme::Standard,
        int|float $tolerance = self::TOLERANCE_SECONDS,
        ?Closure $now = null,
    ): VerifiedWebhook {
        if (!is_string($body)) {
            throw new WebhookVerificationError('body.parsed', 'Something parsed or read the body before it was verified, '
                . 'and signatures are over the exact bytes. Give file_get_contents(\'php://input\'), or in PSR-7 '
                . '(string) $request->getBody() of a stream that nothing has read.');
        }
        $secrets = self::secretsIn($secrets);
        $headers = self::lowerCased($headers);
        $signatures = $headers['webhook-signature'] ?? null;
        $other = $headers['x-signature'] ?? null;
        if ($scheme === Scheme::XSignature || ($scheme === Scheme::Either && $signatures === null)) {
            $other ?? throw new WebhookVerificationError('signature.missing', 'There is no X-Signature header.');
            $signature = self::verifyXSignature($body, $other, $secrets);
            return new VerifiedWebhook(self::parse($body), $signature);
        }
        $hint = $other === null ? '' : ', only X-Signature. Set the scheme to XSignature to verify by that alone';
        $signatures ?? throw new WebhookVerificationError(
            'signature.missing',
            "There is no webhook-signature header$hint.",
        );
        $id = $headers['webhook-id']
            ?? throw new WebhookVerificationError('id.missing', 'There is no webhook-id header.');
        if ($id === '' || str_contains($id, '.')) {
            throw new WebhookVerificationError('id.malformed', 'webhook-id is empty or has a full stop.');
        }
        $sentAt = $headers['webhook-timestamp']
            ?? throw new WebhookVerificationError('timestamp.missing', 'There is no webhook-timestamp header.');
        // Twelve digits reach the year 33658; more are no time.
        if (preg_match('/\A[0-9]{1,12}\z/', $sentAt) !== 1) {
            throw new WebhookVerificationError('timestamp.malformed', 'webhook-timestamp is not a number of seconds.');
        }
        self::verifyStandard("$id.$sentAt.$body", $signatures, $secrets);

        // After the signature, so that "too old" is only ever said of what the sender really signed.
        $age = (int) floor($now === null ? time() : $now()) - (int) $sentAt;
        if (!($age <= $tolerance)) {
            throw new WebhookVerificationError('timestamp.too_old', "It was sent $age s ago; $tolerance s are allowed.");
        }
        if ($age < -$tolerance) {
            throw new WebhookVerificationError('timestamp.too_new', 'It was sent ' . -$age . ' s ahead of this clock.');
        }
        return new VerifiedWebhook(self::parse($body), $id);
    }

    /**
     * @internal
     * @return list<string>
     */
    public static function secretsIn(string|array|null $secrets): array
    {
        $list = is_array($secrets) ? array_values($secrets) : [$secrets];
        if ($list === [] || in_array('', $list, true) || in_array(null, $list, true)) {
            $message = 'There is no secret, or an empty one. Is the variable set that it comes from?';
            throw new WebhookVerificationError('secret.missing', $message);
        }
        foreach ($list as $secret) {
            // Whoever knows it could sign.
            if (str_starts_with($secret, 'whpk_')) {
                $message = 'A secret begins with whpk_: that is the public key. Give the webhook\'s secret.';
                throw new WebhookVerificationError('secret.malformed', $message);
            }
        }
        return $list;
    }

    /**
     * The decoded part of a `whsec_` secret, else the secret's bytes.
     *
     * @internal
     */
    public static function standardKey(string $secret): string
    {
        if (!str_starts_with($secret, 'whsec_')) {
            return $secret;
        }
        $text = substr($secret, strlen('whsec_'));
        $key = base64_decode($text, true);
        if ($key === false || $key === '' || base64_encode($key) !== $text) {
            $message = 'A secret begins with whsec_, but the rest is not base64 with padding. Copy it again, whole.';
            throw new WebhookVerificationError('secret.malformed', $message);
        }
        return $key;
    }

    private static function verifyXSignature(string $body, string $given, array $secrets): string
    {
        if (preg_match('/\A[0-9a-f]{64}\z/i', $given) !== 1) {
            $message = 'X-Signature is not 64 hexadecimal characters.';
            throw new WebhookVerificationError('signature.malformed', $message);
        }
        $given = strtolower($given);
        self::requireOneOf(array_map(static fn ($secret) => hash_hmac('sha256', $body, $secret), $secrets), [$given]);
        return $given;
    }

    private static function verifyStandard(string $signed, string $header, array $secrets): void
    {
        $signatures = preg_grep('~\Av1,[A-Za-z0-9+/]{43}=\z~', explode(' ', $header));
        $keys = array_map(self::standardKey(...), $secrets);
        if ($signatures === []) {
            $message = 'webhook-signature has no signature of version 1.';
            throw new WebhookVerificationError('signature.malformed', $message);
        }
        $expected = static fn ($key) => 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
        self::requireOneOf(array_map($expected, $keys), $signatures);
    }

    /** In constant time: what is compared has the length of a right one, and all of it is compared. */
    private static function requireOneOf(array $right, array $given): void
    {
        $isRight = false;
        foreach ($right as $expected) {
            foreach ($given as $signature) {
                $isRight = hash_equals($expected, $signature) || $isRight;
            }
        }
        if (!$isRight) {
            $message = 'No signature fits: another secret, or a body that was changed on the way.';
            throw new WebhookVerificationError('signature.mismatch', $message);
        }
    }

    private static function parse(string $body): WebhookEvent
    {
        // JSON may have half of a surrogate pair, and PHP refuses it: the sign for what cannot be read stands for it.
        $half = '/\\\\\\\\(*SKIP)(*FAIL)|\\\\u[Dd][89ABab][0-9A-Fa-f]{2}\\\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}(*SKIP)(*FAIL)'
            . '|\\\\u[Dd][89A-Fa-f][0-9A-Fa-f]{2}/';
        $json = json_decode((string) preg_replace($half, '\ufffd', $body), true, self::DEPTH_MAX);
        if (!is_array($json) || !is_string($json['type'] ?? null)) {
            $message = 'The body is not a JSON object with a type, though it is signed with your secret.';
            throw new WebhookVerificationError('body.malformed', $message);
        }
        return new WebhookEvent($json);
    }

    /**
     * Names in lower case; what was sent several times is joined, as HTTP says.
     *
     * @internal
     */
    public static function lowerCased(array $headers): array
    {
        $lower = [];
        foreach ($headers as $name => $value) {
            $name = strtolower((string) $name);
            $text = is_array($value) ? implode(', ', $value) : (string) $value;
            $lower[$name] = isset($lower[$name]) ? "$lower[$name], $text" : $text;
        }
        return $lower;
    }
}
