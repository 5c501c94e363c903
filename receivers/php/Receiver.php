<?php

declare(strict_types=1);

namespace Ringback;

use Closure;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Throwable;

// Receives the webhooks of Ringback, and of SharpAPI: verify, log, drop duplicates, answer at once, then do the work.
//
// Two files to copy, for PHP 8.1 and newer, without dependencies. README.md beside them shows it in plain PHP and with
// PSR-7 and PSR-15, and says which PHP can go on after the answer.

require_once __DIR__ . '/Webhook.php';

/**
 * Verifies, logs, drops duplicates, answers 2xx at once and then calls `$onEvent(WebhookEvent $event, string $deliveryId)`.
 *
 * It may see a delivery again, so it must bear that. When it fails after the answer, the sender does not know: `$onError`
 * is told, and it runs again when somebody resends the delivery. With `answerAfterHandler: true` the answer waits for it,
 * and is 500 when it fails, so that the sender tries again on its schedule. Ringback waits 10 s for an answer.
 *
 * `$log` is called with an array for each request, before it is answered, and at the end of each handler: `outcome`
 * (`accepted`, `duplicate`, `unavailable`, `handled`, `failed`) with `delivery_id` and `type`, or `refused` with `code` and
 * `message`. `$onError(Throwable $error, ?VerifiedWebhook $webhook)` is told when `$onEvent`, `$log` or the store failed, and
 * of refusals that only you can mend; it writes to PHP's error log, unless told.
 */
final class Receiver
{
    /** How far the clocks of sender and receiver may differ: what the Standard Webhooks libraries allow. */
    private const TOLERANCE_SECONDS = 300;

    /** Deeper than any result of Ringback (256 levels), and as deep as PHP reads without being told. */
    private const DEPTH_MAX = 512;

    /** @var list<string>|Closure */
    private readonly array|Closure $secrets;

    /** @var array<string, true> what this process handles, however long that takes */
    private array $running = [];

    /**
     * @param string|list<string>|Closure|null $secret one, or several while it is being rotated, or a function that gives
     *   them at each request
     * @param ?Closure $now gives Unix seconds
     * @param ?Closure $defer runs work after the answer, in place of {@see Receiver::afterAnswer()}: gets a function
     * @param int $leaseSeconds how long another process leaves a delivery to this one's handler
     * @param int $keepSeconds how long a handled delivery is remembered; Ringback retries for 7 days at most
     * @param int $bodyBytesMax larger bodies get 413
     * @throws WebhookVerificationError `secret.missing` or `secret.malformed`, unless the secret is a function
     */
    public function __construct(
        string|array|Closure|null $secret,
        private readonly Closure $onEvent,
        private readonly DeliveryStore $store,
        private readonly Scheme $scheme = Scheme::Standard,
        private readonly int|float $tolerance = self::TOLERANCE_SECONDS,
        private readonly ?Closure $now = null,
        private readonly bool $answerAfterHandler = false,
        private readonly ?Closure $log = null,
        private readonly ?Closure $onError = null,
        private readonly ?Closure $defer = null,
        private readonly int $leaseSeconds = 60,
        private readonly int $keepSeconds = 8 * 86_400,
        private readonly int $bodyBytesMax = 1_048_576,
    ) {
        $this->secrets = $secret instanceof Closure ? $secret : self::secretsIn($secret);
        if (is_array($this->secrets) && $scheme !== Scheme::XSignature) {
            array_map(self::standardKey(...), $this->secrets);
        }
    }

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

    /** Answers the request that PHP runs for, and ends it. For plain PHP: the last line of a script. */
    public function handle(): void
    {
        // One byte more than allowed tells that there is too much.
        $body = (string) file_get_contents('php://input', length: $this->bodyBytesMax + 1);
        $headers = ['Content-Length' => $_SERVER['CONTENT_LENGTH'] ?? ''] + self::serverHeaders();
        [$answer, $work] = $this->receive($_SERVER['REQUEST_METHOD'], $headers, $body);
        http_response_code($answer->status);
        foreach ([...$answer->headers, 'Content-Length' => (string) strlen($answer->body)] as $name => $value) {
            header("$name: $value");
        }
        echo $answer->body;
        if ($work !== null) {
            ($this->defer ?? self::afterAnswer(...))($work);
        }
    }

    /**
     * Answers a request of PSR-7. The work begins when the script ends, which is after the framework has sent the answer;
     * where processes live on (RoadRunner, Swoole), give `defer` or `answerAfterHandler`.
     */
    public function psr7(ServerRequestInterface $request, ResponseFactoryInterface $responses): ResponseInterface
    {
        $stream = $request->getBody();
        if ($stream->isSeekable()) {
            $stream->rewind();
        }
        $body = '';
        while (strlen($body) <= $this->bodyBytesMax && !$stream->eof()) {
            $body .= $stream->read(65_536);
        }
        [$answer, $work] = $this->receive($request->getMethod(), $request->getHeaders(), $body);
        if ($work !== null) {
            ($this->defer ?? static fn ($work) => register_shutdown_function(self::afterAnswer(...), $work))($work);
        }
        $response = $responses->createResponse($answer->status);
        foreach ($answer->headers as $name => $value) {
            $response = $response->withHeader($name, $value);
        }
        $response->getBody()->write($answer->body);
        return $response;
    }

    /**
     * Judges a request: gives the answer, and the work to do after it, or null. Never throws.
     *
     * @param array<string, string|list<string>> $headers
     * @param ?string $body null when something else has read it, as is an empty one with a Content-Length
     * @return array{Answer, ?Closure}
     */
    public function receive(string $method, array $headers, ?string $body): array
    {
        if ($method !== 'POST') {
            return [self::answer(405, 'POST only', ['Allow' => 'POST']), null];
        }
        try {
            if (strlen($body ?? '') > $this->bodyBytesMax) {
                $message = "The body has more than $this->bodyBytesMax bytes (bodyBytesMax).";
                throw new WebhookVerificationError('body.too_large', $message);
            }
            $body = self::whole($body, (int) (self::lowerCased($headers)['content-length'] ?? 0));
            $secrets = $this->secrets instanceof Closure ? ($this->secrets)() : $this->secrets;
            $webhook = self::verify($body, $headers, $secrets, $this->scheme, $this->tolerance, $this->now);
        } catch (WebhookVerificationError $error) {
            $code = (string) $error->getCode();
            $status = self::statusOf($code);
            if ($status === 500) {
                $this->report($error, null);
            }
            $line = ['outcome' => 'refused', 'code' => $code, 'message' => $error->getMessage()];
            $this->attempt(fn () => ($this->log ?? static fn () => null)($line), null);
            return [self::answer($status, $code), null];
        } catch (Throwable $error) {
            // Of the function that gives the secrets.
            $this->report($error, null);
            return [self::answer(500, 'error'), null];
        }
        return $this->accept($webhook);
    }

    /**
     * Ends the answer, whatever PHP runs in, and then does the work. With PHP-FPM, LiteSpeed and FrankenPHP the connection
     * is free at once; elsewhere the sender has the whole answer by its Content-Length, and PHP stays busy.
     */
    public static function afterAnswer(Closure $work): void
    {
        // What the sender does with the connection must not end the work.
        ignore_user_abort(true);
        foreach (['fastcgi_finish_request', 'litespeed_finish_request', 'frankenphp_finish_request'] as $finish) {
            if (function_exists($finish)) {
                $finish();
                $work();
                return;
            }
        }
        while (ob_get_level() > 0 && ob_end_flush()) {
        }
        flush();
        $work();
    }

    /** @return array{Answer, ?Closure} */
    private function accept(VerifiedWebhook $webhook): array
    {
        $id = $webhook->deliveryId;
        $claim = 'running';
        try {
            if (!isset($this->running["#$id"])) {
                $claim = $this->store->claim($id, $this->leaseSeconds);
            }
        } catch (Throwable $error) {
            $this->report($error, $webhook);
            $this->write('unavailable', $webhook);
            return [self::answer(503, 'unavailable'), null];
        }
        if ($claim !== 'claimed') {
            $this->write('duplicate', $webhook);
            // Who waits for the handler must not be told of success before it is one.
            $isEarly = $claim === 'running' && $this->answerAfterHandler;
            return [$isEarly ? self::answer(409, 'running') : self::answer(200, 'duplicate'), null];
        }
        $this->running["#$id"] = true;
        $this->write('accepted', $webhook);
        if ($this->answerAfterHandler) {
            return [$this->run($webhook) ? self::answer(200, 'ok') : self::answer(500, 'failed'), null];
        }
        return [self::answer(200, 'ok'), function () use ($webhook): void {
            $this->run($webhook);
        }];
    }

    /** Runs the handler; whether it ended well. */
    private function run(VerifiedWebhook $webhook): bool
    {
        $id = $webhook->deliveryId;
        $began = hrtime(true);
        $isHandled = $this->attempt(fn () => ($this->onEvent)($webhook->event, $id), $webhook);
        $this->attempt(
            fn () => $isHandled ? $this->store->complete($id, $this->keepSeconds) : $this->store->release($id),
            $webhook,
        );
        unset($this->running["#$id"]);
        $durationMs = intdiv(hrtime(true) - $began, 1_000_000);
        $this->write($isHandled ? 'handled' : 'failed', $webhook, ['duration_ms' => $durationMs]);
        return $isHandled;
    }

    private function write(string $outcome, VerifiedWebhook $webhook, array $more = []): void
    {
        $line = ['outcome' => $outcome, 'delivery_id' => $webhook->deliveryId, 'type' => $webhook->event->type, ...$more];
        $this->attempt(fn () => ($this->log ?? static fn () => null)($line), $webhook);
    }

    private function attempt(Closure $work, ?VerifiedWebhook $webhook): bool
    {
        try {
            $work();
            return true;
        } catch (Throwable $error) {
            $this->report($error, $webhook);
            return false;
        }
    }

    private function report(Throwable $error, ?VerifiedWebhook $webhook): void
    {
        try {
            if ($this->onError !== null) {
                ($this->onError)($error, $webhook);
                return;
            }
        } catch (Throwable $other) {
            // A reporter that fails itself must not end the request.
            $error = $other;
        }
        error_log('Webhook receiver: ' . ($webhook?->deliveryId ?? '') . " $error");
    }

    /** @return list<string> */
    private static function secretsIn(string|array|null $secrets): array
    {
        $list = is_array($secrets) ? array_values($secrets) : [$secrets];
        if ($list === [] || in_array('', $list, true) || in_array(null, $list, true)) {
            $message = 'There is no secret, or an empty one. Is the variable set that it comes from?';
            throw new WebhookVerificationError('secret.missing', $message);
        }
        return $list;
    }

    /** The decoded part of a `whsec_` secret, else the secret's bytes. */
    private static function standardKey(string $secret): string
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

    /** Names in lower case; what was sent several times is joined, as HTTP says. */
    private static function lowerCased(array $headers): array
    {
        $lower = [];
        foreach ($headers as $name => $value) {
            $name = strtolower((string) $name);
            $text = is_array($value) ? implode(', ', $value) : (string) $value;
            $lower[$name] = isset($lower[$name]) ? "$lower[$name], $text" : $text;
        }
        return $lower;
    }

    /** The body, or null when something else has read it. What the sender did not send to its end is refused. */
    private static function whole(?string $body, int $length): ?string
    {
        $received = strlen($body ?? '');
        if (0 < $received && $received < $length) {
            $message = "The sender left after $received of $length bytes.";
            throw new WebhookVerificationError('body.incomplete', $message);
        }
        return $received < $length ? null : $body;
    }

    private static function serverHeaders(): array
    {
        $headers = [];
        foreach ($_SERVER as $name => $value) {
            if (is_string($value) && str_starts_with((string) $name, 'HTTP_')) {
                $headers[strtr(substr($name, 5), '_', '-')] = $value;
            }
        }
        return $headers;
    }

    /** 5xx for what the owner of the receiver has to mend; 401 for what does not prove that it is from your server. */
    private static function statusOf(string $code): int
    {
        return match (true) {
            $code === 'body.too_large' => 413,
            $code === 'body.parsed', str_starts_with($code, 'secret.') => 500,
            default => str_starts_with($code, 'body.') ? 400 : 401,
        };
    }

    private static function answer(int $status, string $body, array $headers = []): Answer
    {
        return new Answer($status, $body, ['Content-Type' => 'text/plain', ...$headers]);
    }
}

if (interface_exists(RequestHandlerInterface::class)) {
    /** A receiver as a request handler of PSR-15. */
    final class ReceiverRequestHandler implements RequestHandlerInterface
    {
        public function __construct(
            private readonly Receiver $receiver,
            private readonly ResponseFactoryInterface $responses,
        ) {
        }

        public function handle(ServerRequestInterface $request): ResponseInterface
        {
            return $this->receiver->psr7($request, $this->responses);
        }
    }
}
