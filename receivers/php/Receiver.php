<?php

declare(strict_types=1);

namespace Ringback;

use Closure;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use RuntimeException;
use Throwable;

// Receives the webhooks of Ringback, and of SharpAPI: verify, log, drop duplicates, answer at once, then do the work.
//
// To copy with Webhook.php, for PHP 8.1 and newer, without dependencies. README.md beside them shows it in plain PHP and with
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
        private readonly int|float $tolerance = Webhook::TOLERANCE_SECONDS,
        private readonly ?Closure $now = null,
        private readonly bool $answerAfterHandler = false,
        private readonly ?Closure $log = null,
        private readonly ?Closure $onError = null,
        private readonly ?Closure $defer = null,
        private readonly int $leaseSeconds = 60,
        private readonly int $keepSeconds = 8 * 86_400,
        private readonly int $bodyBytesMax = 1_048_576,
    ) {
        try {
            $this->secrets = $secret instanceof Closure ? $secret : Webhook::secretsIn($secret);
            if (is_array($this->secrets) && $scheme !== Scheme::XSignature) {
                array_map(Webhook::standardKey(...), $this->secrets);
            }
        } catch (WebhookVerificationError $error) {
            throw self::asServerError($error);
        }
    }

    /**
     * The error, and 500 as the answer of a script that does not catch it: where PHP shows errors, it would answer 200.
     *
     * @internal
     */
    public static function asServerError(Throwable $error): Throwable
    {
        if (PHP_SAPI !== 'cli' && !headers_sent()) {
            http_response_code(500);
        }
        return $error;
    }

    /** Answers the request that PHP runs for, and ends it. For plain PHP: the last line of a script. */
    public function handle(): void
    {
        // One byte more than allowed tells that there is too much.
        $body = (string) file_get_contents('php://input', length: $this->bodyBytesMax + 1);
        $headers = ['Content-Length' => $_SERVER['CONTENT_LENGTH'] ?? ''] + self::serverHeaders();
        [$answer, $work] = $this->receiveSilently($_SERVER['REQUEST_METHOD'], $headers, $body);
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
        [$answer, $work] = $this->receiveSilently($request->getMethod(), $request->getHeaders(), $body);
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
            $body = self::whole($body, (int) (Webhook::lowerCased($headers)['content-length'] ?? 0));
            $secrets = $this->secrets instanceof Closure ? ($this->secrets)() : $this->secrets;
            $webhook = Webhook::verify($body, $headers, $secrets, $this->scheme, $this->tolerance, $this->now);
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

    /**
     * `receive`, so that the answer has the right status whatever your functions do. What they print, and warnings that PHP
     * shows, would send 200 before it is known; it is left out. And a fatal error, or `exit`, ends the script in here: with 500.
     *
     * @return array{Answer, ?Closure}
     */
    private function receiveSilently(string $method, array $headers, string $body): array
    {
        // On a command line (Swoole, RoadRunner, tests) PHP itself sends nothing.
        if (PHP_SAPI === 'cli' || headers_sent()) {
            return $this->receive($method, $headers, $body);
        }
        // A sender that leaves must not end the script between the claim of a delivery and its handler.
        ignore_user_abort(true);
        $before = http_response_code();
        http_response_code(500);
        $level = ob_get_level();
        ob_start();
        $answer = $this->receive($method, $headers, $body);
        while (ob_get_level() > $level && ob_end_clean()) {
        }
        http_response_code(is_int($before) ? $before : 200);
        return $answer;
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

/** What to answer. */
final class Answer
{
    /** @param array<string, string> $headers */
    public function __construct(
        public readonly int $status,
        public readonly string $body,
        public readonly array $headers = [],
    ) {
    }
}

/**
 * Remembers deliveries, so that each is handled once although it may come again. What it throws is told to `onError`, and
 * the request is answered 503.
 */
interface DeliveryStore
{
    /**
     * Takes a delivery for its handler, in one step: of several calls at once for one id, one gets `claimed`. The others
     * get `running`, or `done` when it was handled. After so many seconds the claim is over, so that the delivery of a
     * process that died can be taken again.
     */
    public function claim(string $deliveryId, int $leaseSeconds): string;

    /** It was handled. Remember that for so long. */
    public function complete(string $deliveryId, int $keepSeconds): void;

    /** Its handler failed. Forget it: it may come again. */
    public function release(string $deliveryId): void;
}

/** Remembers in this process alone: for workers that live on (RoadRunner, Swoole, FrankenPHP), and for tests. */
final class MemoryStore implements DeliveryStore
{
    /** @var array<string, array{string, int}> claim and until when in Unix seconds; the oldest first */
    private array $entries = [];

    /** @param int $idsMax some 40 MB of memory, unless told */
    public function __construct(private readonly int $idsMax = 100_000)
    {
    }

    public function claim(string $deliveryId, int $leaseSeconds): string
    {
        [$claim, $until] = $this->entries["#$deliveryId"] ?? ['done', 0];
        if ($until > time()) {
            return $claim;
        }
        $this->remember($deliveryId, 'running', $leaseSeconds);
        return 'claimed';
    }

    public function complete(string $deliveryId, int $keepSeconds): void
    {
        $this->remember($deliveryId, 'done', $keepSeconds);
    }

    public function release(string $deliveryId): void
    {
        unset($this->entries["#$deliveryId"]);
    }

    private function remember(string $deliveryId, string $claim, int $seconds): void
    {
        // With a mark in front: PHP makes numbers of keys that look like some.
        unset($this->entries["#$deliveryId"]);
        $this->entries["#$deliveryId"] = [$claim, time() + $seconds];
        while (count($this->entries) > $this->idsMax) {
            unset($this->entries[array_key_first($this->entries)]);
        }
    }
}

/**
 * Remembers in a folder, one small file for each delivery, shared by all processes of a machine. PHP keeps no memory from
 * one request to the next, so this is the one to begin with. The folder must not be writable for strangers. Of every 100
 * claims one deletes files that are over, in one of 256 folders inside.
 */
final class FileStore implements DeliveryStore
{
    public function __construct(private readonly string $folder)
    {
        if (!is_dir($folder) && !@mkdir($folder, 0o700, true) && !is_dir($folder)) {
            throw Receiver::asServerError(new RuntimeException("The folder $folder is not there and cannot be made."));
        }
    }

    public function claim(string $deliveryId, int $leaseSeconds): string
    {
        if (random_int(1, 100) === 1) {
            $this->deleteOld();
        }
        return $this->locked($deliveryId, function ($file) use ($leaseSeconds): string {
            [$claim, $until] = explode(' ', stream_get_contents($file) . ' 0 0');
            if ((int) $until > time()) {
                return $claim;
            }
            self::write($file, 'running', $leaseSeconds);
            return 'claimed';
        });
    }

    public function complete(string $deliveryId, int $keepSeconds): void
    {
        $this->locked($deliveryId, fn ($file) => self::write($file, 'done', $keepSeconds));
    }

    public function release(string $deliveryId): void
    {
        $this->locked($deliveryId, fn ($file) => ftruncate($file, 0));
    }

    private function locked(string $deliveryId, Closure $work): mixed
    {
        // A hash, because an id comes from outside and must not name other files.
        $hash = hash('sha256', $deliveryId);
        $folder = "$this->folder/" . substr($hash, 0, 2);
        if (!is_dir($folder)) {
            @mkdir($folder, 0o700);
        }
        $file = @fopen("$folder/$hash", 'c+');
        if ($file === false || !flock($file, LOCK_EX)) {
            throw new RuntimeException("Files in $folder cannot be written.");
        }
        try {
            return $work($file);
        } finally {
            fclose($file);
        }
    }

    /** @param resource $file */
    private static function write($file, string $claim, int $seconds): void
    {
        ftruncate($file, 0);
        rewind($file);
        if (fwrite($file, $claim . ' ' . (time() + $seconds)) === false || !fflush($file)) {
            throw new RuntimeException('The file of a delivery cannot be written.');
        }
    }

    private function deleteOld(): void
    {
        // Of 256 folders one: to read all files would take longer than senders wait (100,000 took 3 s).
        foreach (glob(sprintf('%s/%02x/*', $this->folder, random_int(0, 255))) ?: [] as $path) {
            // An hour later than any claim needs, so that nobody has it open.
            $until = (int) (explode(' ', (string) @file_get_contents($path))[1] ?? 0);
            if (max($until, (int) @filemtime($path)) < time() - 3_600) {
                @unlink($path);
            }
        }
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
